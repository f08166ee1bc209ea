package io.holdfast.api.outbox;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A command that is to reach a topic. */
@Entity
@DynamicUpdate
@Table(name = "outbox")
public class OutboxEntity extends PanacheEntityBase {
  static final String PENDING = "PENDING";
  static final String SENT = "SENT";
  static final String WITHDRAWN = "WITHDRAWN";

  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  public Long id;

  @Column(name = "command_id")
  public UUID commandId;

  public String topic;

  @Column(name = "record_key")
  public String recordKey;

  @JdbcTypeCode(SqlTypes.JSON)
  public String command;

  @Column(name = "job_id")
  public UUID jobId;

  public Integer attempt;
  public String status;

  @Column(name = "created_at")
  public Instant createdAt;

  @Column(name = "sent_at")
  public Instant sentAt;

  @Column(name = "trace_parent")
  public String traceParent;

  @Column(name = "expires_at")
  public Instant expiresAt;
}
