/** Dumps, globals and the inventory of a running server, by PostgreSQL's own client programs. */
package io.holdfast.worker.source.logical;
