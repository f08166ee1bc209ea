/** Reads the records in write-ahead log: where each begins and ends, and what commits say. */
package io.holdfast.worker.wal.record;
