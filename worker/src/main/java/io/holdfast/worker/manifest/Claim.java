package io.holdfast.worker.manifest;

import io.holdfast.model.BackupId;
import io.holdfast.model.JobId;
import io.holdfast.model.RunId;
import java.time.Instant;

/**
 * An attempt's mark in the repository: who began to write a backup, and when.
 *
 * @param parent the backup that it means to build on, which must not expire meanwhile; null: none
 */
public record Claim(
    JobId jobId, int attempt, RunId runId, String worker, Instant at, BackupId parent) {}
