package io.holdfast.api.job;

import io.holdfast.api.sql.AnyOf;
import io.holdfast.model.JobId;
import io.holdfast.model.job.JobKind;
import io.holdfast.model.wire.TraceParent;
import io.holdfast.model.wire.Wire;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jboss.logging.Logger;

/** A job. Changed by {@link JobLifecycle} and {@link DispatchRound} only, under its row lock. */
@Entity
@DynamicUpdate
@Table(name = "job")
public class JobEntity extends PanacheEntityBase {
  private static final Logger LOG = Logger.getLogger(JobEntity.class);

  @Id public UUID id;

  @Enumerated(EnumType.STRING)
  public JobKind kind;

  @Enumerated(EnumType.STRING)
  public JobState state;

  public String cluster;
  public String pool;

  /** A physical backup: at most one of a cluster at once. */
  public boolean exclusive;

  @JdbcTypeCode(SqlTypes.JSON)
  public String spec;

  @Column(name = "triggered_by")
  public String triggeredBy;

  @JdbcTypeCode(SqlTypes.JSON)
  public String labels;

  @Column(name = "created_at")
  public Instant createdAt;

  @Column(name = "started_at")
  public Instant startedAt;

  @Column(name = "finished_at")
  public Instant finishedAt;

  @Column(name = "deadline_at")
  public Instant deadlineAt;

  public int attempt;

  @Column(name = "max_attempts")
  public int maxAttempts;

  /** When the current attempt's command was written to the outbox; null while it waits. */
  @Column(name = "dispatched_at")
  public Instant dispatchedAt;

  /** The next attempt does not start earlier: back-off. */
  @Column(name = "not_before")
  public Instant notBefore;

  @Column(name = "lost_not_before")
  public Instant lostNotBefore;

  @Column(name = "cancel_requested_at")
  public Instant cancelRequestedAt;

  public String worker;
  public String phase;

  @Column(name = "bytes_done")
  public Long bytesDone;

  @Column(name = "bytes_total")
  public Long bytesTotal;

  @Column(name = "rate_per_second")
  public Long ratePerSecond;

  @JdbcTypeCode(SqlTypes.JSON)
  public String problem;

  @JdbcTypeCode(SqlTypes.JSON)
  public String result;

  @JdbcTypeCode(SqlTypes.JSON)
  public String selection;

  @Column(name = "last_sequence")
  public long lastSequence;

  /** Where it began in its trace. */
  @Column(name = "trace_parent")
  public String traceParent;

  /** Null: it was made before traces were named. */
  public TraceParent trace() {
    return TraceParent.parse(traceParent).orElse(null);
  }

  public JobId jobId() {
    return new JobId(id.toString());
  }

  /** The row, locked until the transaction ends. */
  public static Optional<JobEntity> lock(JobId jobId) {
    return Optional.ofNullable(
        findById(UUID.fromString(jobId.value()), LockModeType.PESSIMISTIC_WRITE));
  }

  /** Locks those that exist, in one order for all callers, and reads their attempts ahead. */
  @SuppressWarnings("unchecked")
  public static Map<JobId, JobEntity> lockAll(Set<JobId> jobIds) {
    if (jobIds.isEmpty()) {
      return Map.of();
    }
    String ids = Wire.text(jobIds.stream().map(JobId::value).toList());
    List<JobEntity> locked =
        getEntityManager()
            .createNativeQuery(
                "select * from job where id = " + AnyOf.uuids("ids") + " order by id for update",
                JobEntity.class)
            .setParameter("ids", ids)
            .getResultList();
    List<JobAttemptEntity> ahead =
        getEntityManager()
            .createNativeQuery(
                "select * from job_attempt where job_id = " + AnyOf.uuids("ids"),
                JobAttemptEntity.class)
            .setParameter("ids", ids)
            .getResultList();
    LOG.tracef("%d jobs locked, %d attempts read ahead", locked.size(), ahead.size());
    return locked.stream().collect(Collectors.toMap(JobEntity::jobId, job -> job));
  }
}
