package io.holdfast.api.scan;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** One scan of one repository. */
@Entity
@DynamicUpdate
@Table(name = "repository_scan")
public class ScanEntity extends PanacheEntityBase {
  static final String RUNNING = "RUNNING";
  static final String SUCCEEDED = "SUCCEEDED";
  static final String FAILED = "FAILED";

  @Id
  @Column(name = "job_id")
  public UUID jobId;

  public String repository;
  public String state;

  @Column(name = "asked_at")
  public Instant askedAt;

  @Column(name = "listed_at")
  public Instant listedAt;

  @Column(name = "finished_at")
  public Instant finishedAt;

  public Long objects;
  public Long bytes;
  public Integer backups;

  @JdbcTypeCode(SqlTypes.JSON)
  public String archives = "[]";

  @JdbcTypeCode(SqlTypes.JSON)
  public String clusters = "[]";

  @JdbcTypeCode(SqlTypes.JSON)
  public String problem;

  static List<ScanEntity> latest(String repository, int limit) {
    return ScanEntity.<ScanEntity>find("repository = ?1 order by jobId desc", repository)
        .page(0, limit)
        .list();
  }
}
