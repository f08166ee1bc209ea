package io.holdfast.api.notification;

import io.holdfast.model.wire.Wire;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A declared target. */
@Entity
@DynamicUpdate
@Table(name = "notification_target")
public class NotificationTargetEntity extends PanacheEntityBase {
  @Id public String name;

  @JdbcTypeCode(SqlTypes.JSON)
  public String spec;

  public long version;

  @Column(name = "created_at")
  public Instant createdAt;

  @Column(name = "updated_at")
  public Instant updatedAt;

  @Column(name = "updated_by")
  public String updatedBy;

  NotificationTargetRequest declared() {
    return Wire.read(spec, NotificationTargetRequest.class);
  }
}
