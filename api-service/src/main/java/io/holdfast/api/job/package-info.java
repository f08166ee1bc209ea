/**
 * Jobs: their states, admission to a cluster, leases, history and REST. Knows nothing of what a
 * kind of job leaves behind; that listens to {@link io.holdfast.api.job.JobSucceeded} and {@link
 * io.holdfast.api.job.JobFailed}.
 */
package io.holdfast.api.job;
