/** WAL that a worker fetches itself, through a replication slot that the pool shares. */
package io.holdfast.worker.wal.stream;
