package io.holdfast.api.reencryption;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A request to leave a key behind, and what it came to; never changed. */
@Entity
@Table(name = "reencryption")
public class ReencryptionEntity extends PanacheEntityBase {
  @Id public UUID id;
  public String cluster;

  /** The one that leaked. */
  @Column(name = "leaked_key")
  public String leakedKey;

  @Column(name = "created_by")
  public String createdBy;

  @Column(name = "created_at")
  public Instant createdAt;

  /** {@link ReencryptionPlan}. */
  @JdbcTypeCode(SqlTypes.JSON)
  public String plan;
}
