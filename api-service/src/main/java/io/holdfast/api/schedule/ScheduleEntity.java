package io.holdfast.api.schedule;

import io.holdfast.model.wire.Wire;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/**
 * A declared schedule. Its row lock is that of its runs, too: whoever settles or plans them holds
 * it. {@code version} counts changes of the declaration, not runs.
 *
 * <p>All of a row is written when some of it changes: statements that are alike go to the catalog
 * together. Nobody changes one without its lock.
 */
@Entity
@Table(name = "schedule")
public class ScheduleEntity extends PanacheEntityBase {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  public Long id;

  /** Null: it is a repository's. */
  public String cluster;

  /** Null: it is a cluster's. */
  public String repository;

  public String name;

  @Enumerated(EnumType.STRING)
  public ScheduleKind kind;

  public boolean external;
  public boolean paused;

  @JdbcTypeCode(SqlTypes.JSON)
  public String spec;

  /** Every due time up to here has its row. */
  @Column(name = "planned_until")
  public Instant plannedUntil;

  /**
   * When there is something to decide or to plan; null: never again. Follows from the rows of its
   * runs and is written by {@link RunPlanner} alone.
   */
  @Column(name = "act_at", updatable = false)
  public Instant actAt;

  @Column(name = "missed_runs")
  public long missedRuns;

  @Column(name = "last_run_at")
  public Instant lastRunAt;

  /** What the newest run that became a job became. */
  @Column(name = "last_job_id")
  public UUID lastJobId;

  public long version;

  @Column(name = "created_at")
  public Instant createdAt;

  @Column(name = "updated_at")
  public Instant updatedAt;

  @Column(name = "updated_by")
  public String updatedBy;

  ScheduleOwner owner() {
    return new ScheduleOwner(cluster, repository);
  }

  ScheduleRequest request() {
    return Wire.read(spec, ScheduleRequest.class);
  }
}
