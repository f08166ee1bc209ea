package io.holdfast.api.outbox;

import io.holdfast.model.JobId;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.command.CommandHeader;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.wal.ArchiveSpec;
import io.holdfast.model.wire.Topics;
import io.holdfast.model.wire.TraceParent;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * Where commands are put. Every method joins the caller's transaction and needs one: the command
 * leaves exactly when that transaction commits, and not at all when it does not. The times and the
 * signature are added when it is sent.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class Outbox {
  /** Rung after commit, so that a command does not wait for the next tick. */
  record CommandsWaiting() {}

  @Inject EntityManager entities;
  @Inject Clock clock;
  @Inject Event<CommandsWaiting> waiting;

  /**
   * @param trace where the job stands; null: in none
   */
  public void runJob(
      String pool,
      JobId jobId,
      int attempt,
      Duration lease,
      Instant deadlineAt,
      JobSpec spec,
      TraceParent trace) {
    CommandHeader header = header(pool);
    add(
        Topics.commands(pool),
        jobId.value(),
        new JobCommand.RunJob(header, jobId, attempt, lease, deadlineAt, spec),
        jobId,
        attempt,
        trace);
  }

  /** Asks every worker of the pool; the one that runs the attempt stops it. */
  public void cancelJob(String pool, JobId jobId, int attempt, String reason) {
    add(
        Topics.cancellations(pool),
        jobId.value(),
        new JobCommand.CancelJob(header(pool), jobId, attempt, reason),
        null,
        null,
        null);
  }

  public void observeTopology(String pool, ClusterSpec cluster) {
    add(
        Topics.commands(pool),
        cluster.name(),
        new JobCommand.ObserveTopology(header(pool), cluster),
        null,
        null,
        null);
  }

  /** Tells every worker of the pool how a cluster is archived; {@code null}: not any more. */
  public void archiveCluster(
      String pool,
      long revision,
      ClusterSpec cluster,
      RepositorySpec repository,
      ArchiveSpec archive) {
    add(
        Topics.cancellations(pool),
        cluster.name(),
        new JobCommand.ArchiveCluster(header(pool), revision, cluster, repository, archive),
        null,
        null,
        null);
  }

  public void observeArchive(
      String pool, ClusterSpec cluster, RepositorySpec repository, ArchiveSpec archive) {
    add(
        Topics.commands(pool),
        cluster.name(),
        new JobCommand.ObserveArchive(header(pool), cluster, repository, archive),
        null,
        null,
        null);
  }

  /**
   * Whether a command about the cluster and its archive has not reached the broker yet: what is
   * said again and again need not wait in a row.
   */
  public boolean archiveCommandWaits(String pool, String cluster, boolean observation) {
    return OutboxEntity.count(
            "status = 'PENDING' and topic = ?1 and recordKey = ?2",
            observation ? Topics.commands(pool) : Topics.cancellations(pool),
            cluster)
        > 0;
  }

  /**
   * Takes back what has not been handed to the broker; whether there was such a command. One that a
   * relay is sending this moment counts as sent: waiting for it would hold up the caller for as
   * long as a broker that is away takes to fail.
   */
  public boolean withdraw(JobId jobId, int attempt) {
    return entities
            .createNativeQuery(
                "update outbox set status = 'WITHDRAWN', sent_at = :now where id in (select id from"
                    + " outbox where job_id = :job and attempt = :attempt and status = 'PENDING'"
                    + " for update skip locked)")
            .setParameter("now", clock.instant())
            .setParameter("job", UUID.fromString(jobId.value()))
            .setParameter("attempt", attempt)
            .executeUpdate()
        > 0;
  }

  /** Whether the command was sent and its time to be accepted is over. */
  public boolean expired(JobId jobId, int attempt) {
    return OutboxEntity.count(
            "jobId = ?1 and attempt = ?2 and status = 'SENT' and expiresAt < ?3",
            UUID.fromString(jobId.value()),
            attempt,
            clock.instant())
        > 0;
  }

  private void add(
      String topic,
      String key,
      JobCommand command,
      JobId jobId,
      Integer attempt,
      TraceParent trace) {
    OutboxEntity row = new OutboxEntity();
    row.commandId = UUID.fromString(command.header().commandId());
    row.topic = topic;
    row.recordKey = key;
    row.command = Wire.text(command);
    row.jobId = jobId == null ? null : UUID.fromString(jobId.value());
    row.attempt = attempt;
    row.traceParent = trace == null ? null : trace.text();
    row.status = OutboxEntity.PENDING;
    row.createdAt = clock.instant();
    row.persist();
    waiting.fire(new CommandsWaiting());
  }

  private CommandHeader header(String pool) {
    return new CommandHeader(UUID.randomUUID().toString(), pool, null, null);
  }
}
