package io.holdfast.api.cluster;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A declared cluster. {@code version} counts changes of the declaration, not observations. */
@Entity
@DynamicUpdate
@Table(name = "cluster")
public class ClusterEntity extends PanacheEntityBase {
  @Id public String name;
  public String pool;
  public String repository;

  @JdbcTypeCode(SqlTypes.JSON)
  public String spec;

  @Column(name = "max_running_jobs")
  public Integer maxRunningJobs;

  @JdbcTypeCode(SqlTypes.JSON)
  public String labels;

  @JdbcTypeCode(SqlTypes.JSON)
  public String archive;

  @JdbcTypeCode(SqlTypes.JSON)
  public String retention;

  @JdbcTypeCode(SqlTypes.JSON)
  public String copies;

  /** ISO 8601; null: the default holds. While its WAL is archived, the archive's holds. */
  @Column(name = "recovery_point_objective")
  public String recoveryPointObjective;

  @Column(name = "system_identifier")
  public String systemIdentifier;

  public long version;

  @Column(name = "created_at")
  public Instant createdAt;

  @Column(name = "updated_at")
  public Instant updatedAt;

  @Column(name = "updated_by")
  public String updatedBy;

  /**
   * The next ones by name.
   *
   * @param only of these; empty: of all
   */
  static List<ClusterEntity> after(String name, Optional<Set<String>> only, int most) {
    return ClusterEntity.<ClusterEntity>find(
            "name > ?1" + (only.isPresent() ? " and name in ?2" : "") + " order by name",
            only.isPresent() ? new Object[] {name, only.get()} : new Object[] {name})
        .range(0, most - 1)
        .list();
  }
}
