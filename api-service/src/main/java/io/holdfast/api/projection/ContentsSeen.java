package io.holdfast.api.projection;

import io.holdfast.model.JobId;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.manifest.ContentEntry;
import java.util.List;

/** A page of a dump's table of contents. Fired inside the transaction that takes the event. */
public record ContentsSeen(
    JobId jobId, JobSpec spec, String database, int page, List<ContentEntry> entries) {}
