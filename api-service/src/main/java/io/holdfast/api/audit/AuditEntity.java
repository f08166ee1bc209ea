package io.holdfast.api.audit;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.Immutable;

/** A row as it is read. Rows are written by {@link AuditWriter} and never changed. */
@Entity
@Immutable
@Table(name = "audit")
public class AuditEntity extends PanacheEntityBase {
  @Id public long id;
  public String kind;
  public Instant at;

  @Column(name = "key_id")
  public String keyId;

  public String method;
  public String operation;
  public String target;
  public Integer status;

  @Column(name = "trace_id")
  public String traceId;
}
