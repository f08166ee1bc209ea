/**
 * Brings archived WAL to a server that recovers: reads ahead, waits for a store that is away, and
 * never takes "cannot tell" for "not there".
 */
package io.holdfast.worker.wal.fetch;
