package io.holdfast.model.job;

import io.holdfast.model.BackupId;

/**
 * A backup that is to be removed.
 *
 * @param because why nothing needs it any more, for people
 */
public record Doomed(BackupId backupId, String because) {}
