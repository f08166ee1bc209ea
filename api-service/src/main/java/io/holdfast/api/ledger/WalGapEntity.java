package io.holdfast.api.ledger;

import io.holdfast.api.ledger.Continuity.Hole;
import io.holdfast.model.Lsn;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;

/** WAL that is missing between what is archived. */
@Entity
@DynamicUpdate
@Table(name = "wal_gap")
public class WalGapEntity extends PanacheEntityBase {
  @Id public UUID id;
  public String cluster;
  public int timeline;

  @Column(name = "from_lsn")
  public long fromLsn;

  @Column(name = "to_lsn")
  public long toLsn;

  public Instant since;

  @Column(name = "acknowledged_by")
  public String acknowledgedBy;

  @Column(name = "acknowledged_at")
  public Instant acknowledgedAt;

  public String reason;

  @Column(name = "superseded_by")
  public UUID supersededBy;

  @Column(name = "closed_at")
  public Instant closedAt;

  Hole hole() {
    return new Hole(timeline, new Lsn(fromLsn), new Lsn(toLsn));
  }

  /** The row, locked until the transaction ends; null when there is none. */
  static WalGapEntity lock(UUID id, String cluster) {
    return WalGapEntity.<WalGapEntity>find("id = ?1 and cluster = ?2", id, cluster)
        .withLock(LockModeType.PESSIMISTIC_WRITE)
        .firstResult();
  }

  static List<WalGapEntity> open(String cluster) {
    return list("cluster = ?1 and closedAt is null order by timeline, fromLsn", cluster);
  }

  /** Open ones first, then the newest. */
  static List<WalGapEntity> shown(String cluster, int limit) {
    return find("cluster = ?1 order by closedAt desc nulls first, id desc", cluster)
        .page(0, limit)
        .list();
  }
}
