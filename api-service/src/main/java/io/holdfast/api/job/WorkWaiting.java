package io.holdfast.api.job;

/**
 * There may be room for a waiting job, or a new one waits. Acted upon once the transaction commits.
 *
 * @param cluster null for jobs that concern no cluster
 * @param room a job of it has given up its place
 */
record WorkWaiting(String cluster, boolean room) {}
