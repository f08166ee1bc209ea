package io.holdfast.api.job;

import io.holdfast.model.JobId;
import io.holdfast.model.job.JobSpec;
import java.time.Instant;

/** Fired inside the transaction that records it: what a listener writes is kept with the job. */
public record JobCancelled(JobId jobId, JobSpec spec, Instant at) {}
