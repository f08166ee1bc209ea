package io.holdfast.model.job;

/**
 * Plain bytes of earlier backups of the same kind: outside {@code [lowBytes, highBytes]} a backup
 * is kept as SUSPECT, never silently fine.
 */
public record SizeBand(long lowBytes, long highBytes) {}
