package io.holdfast.api.repository;

import io.holdfast.model.job.JobResult;
import io.holdfast.model.repository.Capabilities;
import java.time.Instant;
import java.util.List;

/**
 * A probe ended. Fired in the transaction that records the job's end.
 *
 * @param capabilities null when the probe failed
 */
public record RepositoryProbed(
    String repository,
    String jobId,
    Instant at,
    Capabilities capabilities,
    List<JobResult.Finding> findings) {}
