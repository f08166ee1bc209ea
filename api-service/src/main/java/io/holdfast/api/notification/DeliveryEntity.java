package io.holdfast.api.notification;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A notice on its way to a target, and afterwards what became of it. */
@Entity
@DynamicUpdate
@Table(name = "notification_delivery")
public class DeliveryEntity extends PanacheEntityBase {
  static final String PENDING = "PENDING";
  static final String DELIVERED = "DELIVERED";
  static final String FAILED = "FAILED";

  @Id public UUID id;
  public String target;

  @Column(name = "notice_id")
  public UUID noticeId;

  public String kind;
  public String severity;
  public String cluster;

  @JdbcTypeCode(SqlTypes.JSON)
  public String notice;

  public String state;
  public int attempts;

  @Column(name = "created_at")
  public Instant createdAt;

  @Column(name = "next_at")
  public Instant nextAt;

  @Column(name = "finished_at")
  public Instant finishedAt;

  public String answer;

  @JdbcTypeCode(SqlTypes.JSON)
  public String problem;

  @Column(name = "redelivery_of")
  public UUID redeliveryOf;
}
