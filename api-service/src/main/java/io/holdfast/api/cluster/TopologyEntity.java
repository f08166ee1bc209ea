package io.holdfast.api.cluster;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** What was last seen of a cluster, and when it was last asked for. One row per cluster. */
@Entity
@DynamicUpdate
@Table(name = "topology")
public class TopologyEntity extends PanacheEntityBase {
  @Id public String cluster;

  @Column(name = "asked_at")
  public Instant askedAt;

  @Column(name = "observed_at")
  public Instant observedAt;

  @JdbcTypeCode(SqlTypes.JSON)
  public String nodes;
}
