package io.holdfast.api.backup;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A backup in a repository that is not its first: what was heard of it there. */
@Entity
@DynamicUpdate
@Table(name = "backup_copy")
public class BackupCopyEntity extends PanacheEntityBase {
  public static final String COPYING = "COPYING";
  public static final String VERIFIED = "VERIFIED";
  public static final String COPIED = "COPIED";
  public static final String FAILED = "FAILED";

  /** A scan saw it; nobody has read it there, as far as this catalog knows. */
  public static final String FOUND = "FOUND";

  public static final String MISSING = "MISSING";

  /** A job is to remove it there, or has begun to. */
  public static final String EXPIRING = "EXPIRING";

  /** It was there and is gone, on purpose. */
  public static final String EXPIRED = "EXPIRED";

  /** It was never sent, since the retention there would not keep it. */
  public static final String NOT_NEEDED = "NOT_NEEDED";

  /** Of which backup, and where. */
  @Embeddable
  public record Key(@Column(name = "backup_id") UUID backupId, String repository) {}

  @EmbeddedId public Key key;
  public String state;

  @Column(name = "job_id")
  public UUID jobId;

  @Column(name = "asked_at")
  public Instant askedAt;

  @Column(name = "verified_at")
  public Instant verifiedAt;

  @Column(name = "stored_bytes")
  public Long storedBytes;

  @Column(name = "manifest_sha256")
  public String manifestSha256;

  public int failures;

  @Column(name = "next_at")
  public Instant nextAt;

  @JdbcTypeCode(SqlTypes.JSON)
  public String problem;

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

  /** It is there, or on its way: what was said of its expiry holds no more. */
  public void arrives(String as) {
    state = as;
    stateBefore = null;
    expiryBegun = false;
    expiryReason = null;
    expiryJob = null;
    expiredAt = null;
  }

  /** Whether it was let go, or never wanted. */
  boolean unwanted() {
    return Set.of(EXPIRING, EXPIRED, NOT_NEEDED).contains(state);
  }

  public static List<BackupCopyEntity> of(UUID backupId) {
    return list("key.backupId = ?1 order by key.repository", backupId);
  }

  /** The row, made if there is none. */
  public static BackupCopyEntity at(UUID backupId, String repository, Instant now) {
    Key key = new Key(backupId, repository);
    BackupCopyEntity row = findById(key);
    if (row == null) {
      row = new BackupCopyEntity();
      row.key = key;
      row.state = COPYING;
      row.askedAt = now;
      row.persist();
    }
    return row;
  }
}
