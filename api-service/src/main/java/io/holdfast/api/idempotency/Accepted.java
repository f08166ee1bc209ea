package io.holdfast.api.idempotency;

import io.holdfast.api.job.JobView;

/**
 * @param replayed whether an earlier request with the same key started the job
 */
public record Accepted(JobView job, boolean replayed) {}
