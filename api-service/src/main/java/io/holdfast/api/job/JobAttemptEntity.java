package io.holdfast.api.job;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** One try of a job. */
@Entity
@DynamicUpdate
@Table(name = "job_attempt")
public class JobAttemptEntity extends PanacheEntityBase {
  @Embeddable
  public record Key(@Column(name = "job_id") UUID jobId, int attempt) {}

  @EmbeddedId public Key key;

  @Column(name = "dispatched_at")
  public Instant dispatchedAt;

  @Column(name = "accepted_at")
  public Instant acceptedAt;

  @Column(name = "started_at")
  public Instant startedAt;

  @Column(name = "ended_at")
  public Instant endedAt;

  public String worker;
  public String node;

  /**
   * SUCCEEDED, FAILED, REFUSED, LOST, NOT_ACCEPTED, HANDED_OVER or CANCELLED; null while it runs.
   */
  public String outcome;

  @JdbcTypeCode(SqlTypes.JSON)
  public String problem;

  public static JobAttemptEntity of(UUID jobId, int attempt) {
    return findById(new Key(jobId, attempt));
  }

  static List<JobAttemptEntity> of(UUID jobId) {
    return list("key.jobId = ?1 order by key.attempt", jobId);
  }
}
