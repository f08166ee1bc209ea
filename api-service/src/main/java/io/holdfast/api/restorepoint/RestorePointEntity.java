package io.holdfast.api.restorepoint;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** A named point that was written into the WAL. */
@Entity
@Table(name = "restore_point")
public class RestorePointEntity extends PanacheEntityBase {
  @Id
  @Column(name = "job_id")
  public UUID jobId;

  public String cluster;
  public String name;
  public String node;
  public int timeline;
  public long lsn;
  public Instant at;
}
