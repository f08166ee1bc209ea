package io.holdfast.api.retention;

import io.holdfast.model.manifest.HoldNote;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;

/** What keeps a backup whatever the policy says. */
@Entity
@DynamicUpdate
@Table(name = "hold")
public class HoldEntity extends PanacheEntityBase {
  static final String LEGAL = "LEGAL";
  static final String USER = "USER";

  @Id public UUID id;

  @Column(name = "backup_id")
  public UUID backupId;

  public String kind;
  public String reason;

  @Column(name = "ends_at")
  public Instant endsAt;

  @Column(name = "created_at")
  public Instant createdAt;

  @Column(name = "created_by")
  public String createdBy;

  @Column(name = "lifted_at")
  public Instant liftedAt;

  @Column(name = "lifted_by")
  public String liftedBy;

  @Column(name = "lift_reason")
  public String liftReason;

  /** As it is written down beside the backup. */
  HoldNote note() {
    return new HoldNote(
        id.toString(), kind, reason, endsAt, createdAt, createdBy, liftedAt, liftedBy, liftReason);
  }

  boolean legal() {
    return kind.equals(LEGAL);
  }

  boolean standsAt(Instant now) {
    return liftedAt == null && (endsAt == null || endsAt.isAfter(now));
  }
}
