package io.holdfast.api.access;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.DynamicUpdate;

/** A key: its hash, never itself. Revoked keys stay, so that audit rows keep their meaning. */
@Entity
@DynamicUpdate
@Table(name = "api_key")
public class ApiKeyEntity extends PanacheEntityBase {
  @Id public String id;
  public String name;
  public byte[] hash;
  public String[] roles;

  /** Null: every cluster. */
  public String[] clusters;

  @Column(name = "created_at")
  public Instant createdAt;

  @Column(name = "created_by")
  public String createdBy;

  @Column(name = "expires_at")
  public Instant expiresAt;

  @Column(name = "revoked_at")
  public Instant revokedAt;

  @Column(name = "revoked_by")
  public String revokedBy;

  @Column(name = "last_used_at")
  public Instant lastUsedAt;
}
