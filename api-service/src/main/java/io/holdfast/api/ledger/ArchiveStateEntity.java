package io.holdfast.api.ledger;

import io.holdfast.api.ledger.Continuity.Hole;
import io.holdfast.model.wal.ArchiveObservation;
import io.holdfast.model.wire.Wire;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** What was last seen of a cluster's archive, and what follows from it. */
@Entity
@DynamicUpdate
@Table(name = "archive_state")
public class ArchiveStateEntity extends PanacheEntityBase {
  @Id public String cluster;

  @Column(name = "first_observed_at")
  public Instant firstObservedAt;

  @Column(name = "observed_at")
  public Instant observedAt;

  @JdbcTypeCode(SqlTypes.JSON)
  public String observation;

  @JdbcTypeCode(SqlTypes.JSON)
  public String holes = "[]";

  @JdbcTypeCode(SqlTypes.JSON)
  public String conditions = "[]";

  @Column(name = "slot_idle_since")
  public Instant slotIdleSince;

  @Column(name = "lag_bytes")
  public Long lagBytes;

  @Column(name = "safe_until")
  public Instant safeUntil;

  @Column(name = "slot_used")
  public Double slotUsed;

  /** With the two below: to which moments the archive leads; null: to none. */
  @Column(name = "restorable_from")
  public Instant restorableFrom;

  @Column(name = "restorable_until")
  public Instant restorableUntil;

  /** The backup that leads to the newest of them. */
  @Column(name = "restorable_by")
  public UUID restorableBy;

  ArchiveObservation seen() {
    return Wire.read(observation, ArchiveObservation.class);
  }

  List<Hole> holesSeen() {
    return Arrays.asList(Wire.read(holes, Hole[].class));
  }

  /**
   * @param span null: none
   */
  void restorable(RestorableSpans.Span span) {
    restorableFrom = span == null ? null : span.from();
    restorableUntil = span == null ? null : span.until();
    restorableBy = span == null ? null : UUID.fromString(span.by().value());
  }

  Set<Condition> standing() {
    Set<Condition> standing = EnumSet.noneOf(Condition.class);
    standing.addAll(Arrays.asList(Wire.read(conditions, Condition[].class)));
    return standing;
  }
}
