package io.holdfast.api.verification;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A verification that said something about a backup. */
@Entity
@Table(name = "verification")
public class VerificationEntity extends PanacheEntityBase {
  @Id
  @Column(name = "job_id")
  public UUID jobId;

  @Column(name = "backup_id")
  public UUID backupId;

  public String repository;
  public String level;
  public String outcome;
  public Instant at;

  @Column(name = "bytes_read")
  public Long bytesRead;

  @JdbcTypeCode(SqlTypes.JSON)
  public String findings;

  @JdbcTypeCode(SqlTypes.JSON)
  public String problem;

  static List<VerificationEntity> latest(UUID backupId) {
    return find("backupId = ?1 order by at desc", backupId).page(0, 200).list();
  }
}
