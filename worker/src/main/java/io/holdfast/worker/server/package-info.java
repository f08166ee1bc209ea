/** PostgreSQL servers that the worker itself runs: to prove a restore, or to hand over a copy. */
package io.holdfast.worker.server;
