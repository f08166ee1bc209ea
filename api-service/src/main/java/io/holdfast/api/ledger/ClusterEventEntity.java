package io.holdfast.api.ledger;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** Something that changed about a cluster. */
@Entity
@Table(name = "cluster_event")
public class ClusterEventEntity extends PanacheEntityBase {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  public Long id;

  public String cluster;
  public String type;
  public String code;
  public Instant at;
  public String message;

  @JdbcTypeCode(SqlTypes.JSON)
  public String details;

  @Column(name = "event_id")
  public String eventId;
}
