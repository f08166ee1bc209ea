package io.holdfast.model.job;

import io.holdfast.model.BackupId;
import io.holdfast.model.manifest.HoldNote;

/** A hold on a backup. */
public record HoldOnBackup(BackupId backupId, HoldNote hold) {}
