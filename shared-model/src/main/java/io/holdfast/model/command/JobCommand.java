package io.holdfast.model.command;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.holdfast.model.JobId;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.wal.ArchiveSpec;
import java.time.Duration;
import java.time.Instant;

/**
 * A record on {@code holdfast.commands.<pool>}; its bytes are signed as a whole (see {@code
 * docs/wire-protocol.md}).
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = JobCommand.RunJob.class, name = "RUN_JOB.v1"),
  @JsonSubTypes.Type(value = JobCommand.CancelJob.class, name = "CANCEL_JOB.v1"),
  @JsonSubTypes.Type(value = JobCommand.ObserveTopology.class, name = "OBSERVE_TOPOLOGY.v1"),
  @JsonSubTypes.Type(value = JobCommand.ArchiveCluster.class, name = "ARCHIVE_CLUSTER.v1"),
  @JsonSubTypes.Type(value = JobCommand.ObserveArchive.class, name = "OBSERVE_ARCHIVE.v1")
})
public sealed interface JobCommand {
  CommandHeader header();

  /**
   * @param attempt from 1; a worker's events carry it back, and a stale one changes nothing
   * @param lease how long the API waits without an event before it takes the worker for lost
   * @param deadlineAt when the job must have ended; null means never
   */
  record RunJob(
      CommandHeader header,
      JobId jobId,
      int attempt,
      Duration lease,
      Instant deadlineAt,
      JobSpec spec)
      implements JobCommand {}

  /** Addressed to every worker of the pool; the one that runs the job stops it. */
  record CancelJob(CommandHeader header, JobId jobId, int attempt, String reason)
      implements JobCommand {}

  /** Look at every node once and report a topology. Not a job: nothing waits for it. */
  record ObserveTopology(CommandHeader header, ClusterSpec cluster) implements JobCommand {}

  /**
   * How a cluster's WAL is archived. Addressed to every worker of the pool, again and again; each
   * keeps the newest on its own disk and goes by it while API and Kafka are away. The header's
   * expiry says until when it may be heard, not how long it holds.
   *
   * @param revision grows with every change of the declaration; an older one changes nothing
   * @param archive null: this cluster is not archived any more
   */
  record ArchiveCluster(
      CommandHeader header,
      long revision,
      ClusterSpec cluster,
      RepositorySpec repository,
      ArchiveSpec archive)
      implements JobCommand {}

  /** Look once at a cluster's archive and report it. Not a job: nothing waits for it. */
  record ObserveArchive(
      CommandHeader header, ClusterSpec cluster, RepositorySpec repository, ArchiveSpec archive)
      implements JobCommand {}
}
