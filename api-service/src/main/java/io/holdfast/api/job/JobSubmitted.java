package io.holdfast.api.job;

import io.holdfast.model.JobId;
import io.holdfast.model.job.JobKind;
import io.holdfast.model.job.JobSpec;
import java.time.Instant;

/**
 * Fired inside the transaction that records the job: what a listener writes is kept with it, and a
 * listener that refuses lets it not be.
 *
 * @param cluster null for what concerns none
 */
public record JobSubmitted(
    JobId jobId, JobKind kind, String cluster, JobSpec spec, String trigger, Instant at) {}
