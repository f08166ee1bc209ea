/**
 * Base backups streamed over the replication protocol, and the configuration files that belong to
 * them. Nothing is staged on disk.
 */
package io.holdfast.worker.source.physical;
