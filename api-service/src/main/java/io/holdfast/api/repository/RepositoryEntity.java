package io.holdfast.api.repository;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A declared repository. {@code version} counts changes of the declaration, not probes. */
@Entity
@DynamicUpdate
@Table(name = "repository")
public class RepositoryEntity extends PanacheEntityBase {
  @Id public String name;
  public String pool;

  @JdbcTypeCode(SqlTypes.JSON)
  public String spec;

  @Column(name = "capacity_bytes")
  public Long capacityBytes;

  public long version;

  @Column(name = "created_at")
  public Instant createdAt;

  @Column(name = "updated_at")
  public Instant updatedAt;

  @Column(name = "updated_by")
  public String updatedBy;

  @Column(name = "probe_state")
  public String probeState;

  @Column(name = "probe_job_id")
  public String probeJobId;

  @Column(name = "probe_at")
  public Instant probeAt;

  @Column(name = "probe_findings")
  @JdbcTypeCode(SqlTypes.JSON)
  public String probeFindings;

  @JdbcTypeCode(SqlTypes.JSON)
  public String capabilities;
}
