package io.holdfast.api.job;

/**
 * @param replayed whether an earlier request with the same key started the job
 */
public record Accepted(JobView job, boolean replayed) {}
