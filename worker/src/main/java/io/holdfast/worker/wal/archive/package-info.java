/** Archiving: what the worker knows of its clusters, and taking and giving their WAL. */
package io.holdfast.worker.wal.archive;
