/**
 * Holds: written down beside the backups they keep, and legal ones kept by the store itself until
 * it is told otherwise. Knows repositories and where a backup's objects and WAL lie.
 */
package io.holdfast.worker.hold;
