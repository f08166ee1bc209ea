package io.holdfast.api.archive;

import io.holdfast.api.cluster.ClusterChanged;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.outbox.Outbox;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.wal.ArchiveSpec;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Tells workers how clusters are archived: once per change and again and again, because a worker
 * that starts knows nothing and one that was away goes by what it knew.
 *
 * <p>A revision is the time of the change in microseconds, and more than the one before: it grows
 * when a cluster is deleted and declared again, because its row stays, and when the catalog was set
 * back, because time goes on.
 */
@ApplicationScoped
public class ArchiveAnnouncements {
  /** How long workers are told that a cluster is not archived any more. */
  private static final Duration FAREWELL = Duration.ofDays(30);

  @Inject EntityManager entities;
  @Inject ClusterService clusters;
  @Inject Outbox outbox;
  @Inject Clock clock;

  /** What a pool is to know; {@code archive} null: nothing is archived. */
  private record Wanted(
      String pool, ClusterSpec spec, RepositorySpec repository, ArchiveSpec archive) {}

  void changed(@Observes ClusterChanged change) {
    reconcile(change.cluster());
  }

  /** Announces what has not been announced within {@code interval}; replicas share the work. */
  @Transactional
  public void announceAll(Duration interval) {
    for (Object cluster : unannouncedClusters()) {
      reconcile((String) cluster);
    }
    for (ArchiveAnnouncementEntity row : due("announced_at", interval, true)) {
      if (!reconcile(row.key.cluster())
          && !outbox.archiveCommandWaits(row.key.pool(), row.key.cluster(), false)) {
        announce(row);
      }
    }
  }

  /** Has the archives looked at that were not within {@code interval}; replicas share the work. */
  @Transactional
  public void observeAll(Duration interval) {
    for (ArchiveAnnouncementEntity row : due("observe_asked_at", interval, false)) {
      row.observeAskedAt = clock.instant();
      if (!outbox.archiveCommandWaits(row.key.pool(), row.key.cluster(), true)) {
        outbox.observeArchive(
            row.key.pool(),
            Wire.read(row.spec, ClusterSpec.class),
            Wire.read(row.repository, RepositorySpec.class),
            Wire.read(row.archive, ArchiveSpec.class));
      }
    }
  }

  /** Announces what differs from what was said last; whether something did. */
  private boolean reconcile(String cluster) {
    Optional<Wanted> wanted = wanted(cluster);
    boolean differed = false;
    for (ArchiveAnnouncementEntity row : ArchiveAnnouncementEntity.of(cluster)) {
      boolean here = wanted.isPresent() && wanted.get().pool().equals(row.key.pool());
      if (!here && row.archive != null) {
        row.archive = null;
        changed(row);
        differed = true;
      }
    }
    if (wanted.isEmpty() || same(wanted.get(), find(wanted.get(), cluster))) {
      return differed;
    }
    ArchiveAnnouncementEntity row = find(wanted.get(), cluster);
    boolean first = row == null;
    if (first) {
      row = new ArchiveAnnouncementEntity();
      row.key = new ArchiveAnnouncementEntity.Key(cluster, wanted.get().pool());
    }
    row.spec = Wire.text(wanted.get().spec());
    row.repository = Wire.text(wanted.get().repository());
    row.archive = Wire.text(wanted.get().archive());
    changed(row);
    if (first) {
      row.persist();
    }
    return true;
  }

  /** Empty: not archived, not pinned, or gone. */
  private Optional<Wanted> wanted(String cluster) {
    return clusters
        .declaration(cluster)
        .filter(declared -> declared.archive() != null)
        .filter(declared -> declared.spec().systemIdentifier() != null)
        .map(
            declared ->
                new Wanted(
                    declared.pool(),
                    declared.spec(),
                    clusters.place(cluster, declared.repository()),
                    declared.archive().spec()));
  }

  private static ArchiveAnnouncementEntity find(Wanted wanted, String cluster) {
    return ArchiveAnnouncementEntity.findById(
        new ArchiveAnnouncementEntity.Key(cluster, wanted.pool()));
  }

  private static boolean same(Wanted wanted, ArchiveAnnouncementEntity row) {
    return row != null
        && row.archive != null
        && Objects.equals(wanted.archive(), Wire.read(row.archive, ArchiveSpec.class))
        && Objects.equals(wanted.spec(), Wire.read(row.spec, ClusterSpec.class))
        && Objects.equals(wanted.repository(), Wire.read(row.repository, RepositorySpec.class));
  }

  private void changed(ArchiveAnnouncementEntity row) {
    Instant now = clock.instant();
    long micros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
    long before =
        ArchiveAnnouncementEntity.of(row.key.cluster()).stream()
            .mapToLong(other -> other.revision)
            .max()
            .orElse(0);
    row.revision = Math.max(micros, before + 1);
    row.changedAt = now;
    announce(row);
  }

  private void announce(ArchiveAnnouncementEntity row) {
    row.announcedAt = clock.instant();
    outbox.archiveCluster(
        row.key.pool(),
        row.revision,
        Wire.read(row.spec, ClusterSpec.class),
        Wire.read(row.repository, RepositorySpec.class),
        row.archive == null ? null : Wire.read(row.archive, ArchiveSpec.class));
  }

  /** Of those that an earlier version declared, or that were changed behind our back. */
  private List<?> unannouncedClusters() {
    return entities
        .createNativeQuery(
            "select name from cluster c where archive is not null and system_identifier is not null"
                + " and not exists (select 1 from archive_announcement a where a.cluster = c.name"
                + " and a.pool = c.pool) for update skip locked",
            String.class)
        .getResultList();
  }

  @SuppressWarnings("unchecked")
  private List<ArchiveAnnouncementEntity> due(String column, Duration interval, boolean farewells) {
    Instant now = clock.instant();
    return entities
        .createNativeQuery(
            "select * from archive_announcement where ("
                + column
                + " is null or "
                + column
                + " < :due) and (archive is not null or (:farewells and changed_at > :farewell))"
                + " order by cluster, pool for update skip locked",
            ArchiveAnnouncementEntity.class)
        .setParameter("due", now.minus(interval))
        .setParameter("farewells", farewells)
        .setParameter("farewell", now.minus(FAREWELL))
        .getResultList();
  }
}
