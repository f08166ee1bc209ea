package io.holdfast.api.scan;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.List;
import java.util.UUID;

/** Something that a scan found, or did not find. */
@Entity
@Table(name = "scan_finding")
public class ScanFindingEntity extends PanacheEntityBase {
  static final String ADDED = "ADDED";
  static final String MISSING = "MISSING";
  static final String CHANGED = "CHANGED";

  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  public Long id;

  @Column(name = "job_id")
  public UUID jobId;

  public String kind;
  public String cluster;

  @Column(name = "backup_id")
  public UUID backupId;

  public String key;
  public Long objects;
  public Long bytes;
  public String detail;

  static List<ScanFindingEntity> of(UUID jobId, int limit) {
    return ScanFindingEntity.<ScanFindingEntity>find("jobId = ?1 order by id", jobId)
        .page(0, limit)
        .list();
  }
}
