package io.holdfast.api.projection;

import io.holdfast.model.job.JobResult;
import io.holdfast.model.repository.Capabilities;
import java.time.Instant;
import java.util.List;

/** A worker tried a repository. Fired inside the transaction that takes the event. */
public record RepositoryProbed(
    String repository, Capabilities capabilities, List<JobResult.Finding> findings, Instant at) {}
