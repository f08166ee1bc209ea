package io.holdfast.api.archive;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** What the workers of a pool were last told about a cluster's archive. Outlives the cluster. */
@Entity
@DynamicUpdate
@Table(name = "archive_announcement")
public class ArchiveAnnouncementEntity extends PanacheEntityBase {
  @Embeddable
  public record Key(String cluster, String pool) {}

  @EmbeddedId public Key key;
  public long revision;

  @JdbcTypeCode(SqlTypes.JSON)
  public String spec;

  @JdbcTypeCode(SqlTypes.JSON)
  public String repository;

  /** Null: not archived any more. */
  @JdbcTypeCode(SqlTypes.JSON)
  public String archive;

  @Column(name = "changed_at")
  public Instant changedAt;

  @Column(name = "announced_at")
  public Instant announcedAt;

  @Column(name = "observe_asked_at")
  public Instant observeAskedAt;

  static List<ArchiveAnnouncementEntity> of(String cluster) {
    return list("key.cluster", cluster);
  }
}
