package io.holdfast.api.schedule;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/**
 * One time that a schedule comes due. There when it does, and decided once. All of a row is written
 * when some of it changes: statements that are alike go to the catalog together.
 */
@Entity
@Table(name = "schedule_run")
public class ScheduleRunEntity extends PanacheEntityBase {
  static final String EXPECTED = "EXPECTED";
  static final String JOB = "JOB";
  static final String MISSED = "MISSED";
  static final String SKIPPED = "SKIPPED";

  @Embeddable
  public record Key(
      @Column(name = "schedule_id") long scheduleId, @Column(name = "due_at") Instant dueAt) {}

  @EmbeddedId public Key key;

  @Column(name = "start_at")
  public Instant startAt;

  @Column(name = "deadline_at")
  public Instant deadlineAt;

  public String state;
  public String code;
  public String reason;

  @Column(name = "job_id")
  public UUID jobId;

  @Column(name = "decided_at")
  public Instant decidedAt;

  /** After a refusal it is not asked for again before; null: it was not refused. */
  @Column(name = "retry_at")
  public Instant retryAt;
}
