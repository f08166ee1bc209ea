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
import java.util.ArrayList;
import java.util.List;
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
   * A job's attempt that is to run.
   *
   * @param deadlineAt null: none
   * @param trace where the job stands; null: in none
   */
  public record Run(
      String pool, JobId jobId, int attempt, Instant deadlineAt, JobSpec spec, TraceParent trace) {}

  /** As the catalog takes it. */
  private record Row(
      String commandId,
      String topic,
      JobCommand command,
      String jobId,
      int attempt,
      String traceParent) {}

  /** All of them at once, to be sent in this order. */
  public void runJobs(List<Run> runs, Duration lease) {
    List<Row> rows = new ArrayList<>();
    for (Run run : runs) {
      CommandHeader header = header(run.pool());
      rows.add(
          new Row(
              header.commandId(),
              Topics.commands(run.pool()),
              new JobCommand.RunJob(
                  header, run.jobId(), run.attempt(), lease, run.deadlineAt(), run.spec()),
              run.jobId().value(),
              run.attempt(),
              run.trace() == null ? null : run.trace().text()));
    }
    int unused =
        entities
            .createNativeQuery(
                "insert into outbox (command_id, topic, record_key, command, job_id, attempt,"
                    + " trace_parent, status, created_at) select r.\"commandId\", r.topic,"
                    + " r.\"jobId\", r.command, cast(r.\"jobId\" as uuid), r.attempt,"
                    + " r.\"traceParent\", 'PENDING', :now from jsonb_to_recordset(cast(:rows as"
                    + " jsonb)) as r (\"commandId\" uuid, topic text, command jsonb, \"jobId\" text,"
                    + " attempt integer, \"traceParent\" text)")
            .setParameter("rows", Wire.text(rows))
            .setParameter("now", clock.instant())
            .executeUpdate();
    waiting.fire(new CommandsWaiting());
  }

  /** Asks every worker of the pool; the one that runs the attempt stops it. */
  public void cancelJob(String pool, JobId jobId, int attempt, String reason) {
    add(
        Topics.cancellations(pool),
        jobId.value(),
        new JobCommand.CancelJob(header(pool), jobId, attempt, reason));
  }

  public void observeTopology(String pool, ClusterSpec cluster) {
    add(
        Topics.commands(pool),
        cluster.name(),
        new JobCommand.ObserveTopology(header(pool), cluster));
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
        new JobCommand.ArchiveCluster(header(pool), revision, cluster, repository, archive));
  }

  public void observeArchive(
      String pool, ClusterSpec cluster, RepositorySpec repository, ArchiveSpec archive) {
    add(
        Topics.commands(pool),
        cluster.name(),
        new JobCommand.ObserveArchive(header(pool), cluster, repository, archive));
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

  private void add(String topic, String key, JobCommand command) {
    OutboxEntity row = new OutboxEntity();
    row.commandId = UUID.fromString(command.header().commandId());
    row.topic = topic;
    row.recordKey = key;
    row.command = Wire.text(command);
    row.status = OutboxEntity.PENDING;
    row.createdAt = clock.instant();
    row.persist();
    waiting.fire(new CommandsWaiting());
  }

  private CommandHeader header(String pool) {
    return new CommandHeader(UUID.randomUUID().toString(), pool, null, null);
  }
}
