package io.holdfast.api.backup;

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

/** A committed manifest, as it was reported. */
@Entity
@DynamicUpdate
@Table(name = "backup")
public class BackupEntity extends PanacheEntityBase {
  static final String AVAILABLE = "AVAILABLE";
  static final String SUSPECT = "SUSPECT";

  /** A job is to remove it, or has begun to. */
  static final String EXPIRING = "EXPIRING";

  /** It is gone; the row says what it was. */
  static final String EXPIRED = "EXPIRED";

  @Id public UUID id;
  public String cluster;
  public String method;
  public String state;

  @Column(name = "suspect_reason")
  public String suspectReason;

  /** What it holds was in doubt when it was taken, wherever it lies. */
  public boolean doubtful;

  public String repository;

  @Column(name = "job_id")
  public UUID jobId;

  @Column(name = "started_at")
  public Instant startedAt;

  @Column(name = "finished_at")
  public Instant finishedAt;

  @Column(name = "plain_bytes")
  public long plainBytes;

  @Column(name = "stored_bytes")
  public long storedBytes;

  @JdbcTypeCode(SqlTypes.JSON)
  public String manifest;

  /** Of {@code manifest.json} as it is stored; null until somebody looked. */
  @Column(name = "manifest_sha256")
  public String manifestSha256;

  /** Backups of the same method and selection: their sizes can be compared. */
  @Column(name = "selection_hash")
  public String selectionHash;

  @Column(name = "verified_level")
  public String verifiedLevel;

  @Column(name = "verified_at")
  public Instant verifiedAt;

  /** What it was before it was expiring. */
  @Column(name = "state_before")
  public String stateBefore;

  /** Whether a job before {@link #expiryJob} may have begun to remove it. */
  @Column(name = "expiry_begun")
  public boolean expiryBegun;

  @Column(name = "expiry_reason")
  public String expiryReason;

  @Column(name = "expiry_job")
  public UUID expiryJob;

  @Column(name = "expired_at")
  public Instant expiredAt;
}
