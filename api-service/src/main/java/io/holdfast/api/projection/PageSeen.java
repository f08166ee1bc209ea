package io.holdfast.api.projection;

import io.holdfast.model.JobId;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.scan.ScanPage;

/** A page of what a scan found. Fired inside the transaction that takes the event. */
public record PageSeen(JobId jobId, JobSpec spec, ScanPage page) {}
