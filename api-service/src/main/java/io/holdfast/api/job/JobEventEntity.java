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
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A line of a job's history. Never changed. */
@Entity
@Immutable
@Table(name = "job_event")
public class JobEventEntity extends PanacheEntityBase {
  @Embeddable
  public record Key(@Column(name = "job_id") UUID jobId, long sequence) {}

  @EmbeddedId public Key key;

  /** The worker's id of it; null for what the API itself noted. */
  @Column(name = "event_id")
  public String eventId;

  public String type;
  public int attempt;

  /** Of an attempt that was over: kept, but it changed nothing. */
  public boolean stale;

  public Instant at;

  @Column(name = "received_at")
  public Instant receivedAt;

  public String worker;

  @JdbcTypeCode(SqlTypes.JSON)
  public String body;

  static List<JobEventEntity> after(UUID jobId, long sequence, int limit) {
    return find("key.jobId = ?1 and key.sequence > ?2 order by key.sequence", jobId, sequence)
        .page(0, limit)
        .list();
  }
}
