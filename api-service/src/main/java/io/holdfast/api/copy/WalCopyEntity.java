package io.holdfast.api.copy;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** How far a cluster's WAL was copied to a repository. */
@Entity
@DynamicUpdate
@Table(name = "wal_copy")
public class WalCopyEntity extends PanacheEntityBase {
  /** Whose, and where. */
  @Embeddable
  public record Key(String cluster, String repository) {}

  @EmbeddedId public Key key;

  @Column(name = "job_id")
  public UUID jobId;

  @Column(name = "asked_at")
  public Instant askedAt;

  @Column(name = "asked_lsn")
  public Long askedLsn;

  @Column(name = "copied_lsn")
  public Long copiedLsn;

  @Column(name = "copied_at")
  public Instant copiedAt;

  public int failures;

  @Column(name = "next_at")
  public Instant nextAt;

  @JdbcTypeCode(SqlTypes.JSON)
  public String problem;

  static WalCopyEntity find(String cluster, String repository) {
    return findById(new Key(cluster, repository));
  }
}
