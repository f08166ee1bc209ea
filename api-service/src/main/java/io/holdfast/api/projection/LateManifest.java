package io.holdfast.api.projection;

import io.holdfast.model.JobId;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;

/**
 * An attempt that was given up had committed its manifest after all, and no other attempt follows:
 * the backup exists although its job failed. Fired inside the transaction that takes the event.
 */
public record LateManifest(JobId jobId, JobSpec spec, JobResult.BackedUp result) {}
