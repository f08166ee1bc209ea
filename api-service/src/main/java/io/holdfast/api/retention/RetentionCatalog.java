package io.holdfast.api.retention;

import io.holdfast.api.cluster.ClusterPlace;
import io.holdfast.api.cluster.ClusterRetention;
import io.holdfast.api.ledger.ArchivedWal;
import io.holdfast.api.retention.RetentionFacts.Archive;
import io.holdfast.api.retention.RetentionFacts.Former;
import io.holdfast.api.retention.RetentionFacts.Stored;
import io.holdfast.api.retention.RetentionFacts.Written;
import io.holdfast.model.BackupId;
import io.holdfast.model.wal.ArchiveObservation;
import io.holdfast.model.wal.SegmentSize;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Gathers the facts for plans. What a job is removing at the moment is not among them. */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class RetentionCatalog {
  @Inject EntityManager entities;
  @Inject KeptBackups backups;
  @Inject FormerSystems former;
  @Inject ArchivedWal archives;

  /**
   * With no more questions to the catalog for many places than for one.
   *
   * @param policies by which each place is judged
   */
  GatheredFacts gather(Map<ClusterPlace, ClusterRetention> policies, Instant now) {
    Places places = new Places(policies.keySet());
    Map<ClusterPlace, List<Stored>> stored = backups.in(places, now);
    Map<ClusterPlace, ArchiveObservation> archived = archived(places);
    Map<ClusterPlace, String> systems = new LinkedHashMap<>();
    archived.forEach((place, seen) -> systems.put(place, seen.systemIdentifier()));
    Map<ClusterPlace, List<Former>> before = former.in(systems);
    Marks marks = new Marks(archives);
    Map<ClusterPlace, RetentionFacts> facts = new LinkedHashMap<>();
    policies.forEach(
        (place, policy) ->
            facts.put(
                place,
                new RetentionFacts(
                    now,
                    policy,
                    stored.getOrDefault(place, List.of()),
                    archive(archived.get(place), marks.of(place.cluster())),
                    before.getOrDefault(place, List.of()))));
    return new GatheredFacts(facts, marks);
  }

  /** What lies in one place, whatever becomes of it. */
  List<Stored> backups(ClusterPlace place, Instant now) {
    return backups.in(new Places(List.of(place)), now).getOrDefault(place, List.of());
  }

  /**
   * @param seen null: none of its WAL lies there, as far as anybody knows
   */
  private static Archive archive(ArchiveObservation seen, Written written) {
    return seen == null
        ? null
        : new Archive(
            seen.systemIdentifier(),
            new SegmentSize(seen.segmentBytes()),
            seen.timelines(),
            written);
  }

  private Map<ClusterPlace, ArchiveObservation> archived(Places places) {
    Map<String, ArchiveObservation> seen = archives.seen(places.clusters());
    Map<ClusterPlace, ArchiveObservation> archived = new LinkedHashMap<>();
    Map<ClusterPlace, ArchiveObservation> further = new LinkedHashMap<>();
    List<Object[]> rows =
        places.ask(
            entities,
            "select p.nr, c.repository = p.repository from "
                + Places.ROWS
                + " join cluster c on c.name = p.cluster where c.repository = p.repository or exists"
                + " (select 1 from wal_copy w where w.cluster = c.name and w.repository ="
                + " p.repository and w.copied_at is not null) order by 1");
    for (Object[] row : rows) {
      ClusterPlace place = places.of(row);
      boolean first = Boolean.TRUE.equals(row[1]);
      if (seen.containsKey(place.cluster())) {
        (first ? archived : further).put(place, seen.get(place.cluster()));
      }
    }
    archived.putAll(archives.copied(further));
    return archived;
  }

  /** Since when the objects of what lies in a repository have been written, at the earliest. */
  @SuppressWarnings("unchecked")
  Map<BackupId, Instant> writtenFrom(String cluster, String repository) {
    List<Object[]> rows =
        entities
            .createNativeQuery(
                "select cast(id as text), case when repository = :repository then started_at else"
                    + " finished_at end from backup where cluster = :cluster and state <> 'EXPIRED'")
            .setParameter("cluster", cluster)
            .setParameter("repository", repository)
            .getResultList();
    Map<BackupId, Instant> from = new HashMap<>();
    rows.forEach(row -> from.put(new BackupId((String) row[0]), (Instant) row[1]));
    return from;
  }

  /** Backups whose jobs are not over: what their attempts wrote is not dead, however old. */
  @SuppressWarnings("unchecked")
  List<BackupId> unfinished(String cluster) {
    List<String> ids =
        entities
            .createNativeQuery(
                "select spec ->> 'backupId' from job where finished_at is null and cluster ="
                    + " :cluster and kind in ('BACKUP', 'REENCRYPT')",
                String.class)
            .setParameter("cluster", cluster)
            .getResultList();
    return ids.stream().map(BackupId::new).toList();
  }

  /** When a backup of clusters was last removed from the cluster's own repository, if ever. */
  @SuppressWarnings("unchecked")
  Map<String, Instant> lastExpired(Set<String> clusters) {
    List<Object[]> rows =
        entities
            .createNativeQuery(
                "select cluster, max(at) from (select cluster, expired_at as at from backup where"
                    + " cluster = any(:clusters) union all select b.cluster, c.expired_at from"
                    + " backup_copy c join backup b on b.id = c.backup_id join cluster d on d.name ="
                    + " b.cluster and d.repository = c.repository where b.cluster = any(:clusters))"
                    + " e where at is not null group by 1")
            .setParameter("clusters", clusters.toArray(String[]::new))
            .getResultList();
    return rows.stream().collect(Collectors.toMap(row -> (String) row[0], row -> (Instant) row[1]));
  }

  /** Jobs that remove backups of a cluster from a repository and are not over. */
  @SuppressWarnings("unchecked")
  List<String> expirations(String cluster, String repository) {
    return entities
        .createNativeQuery(
            "select cast(id as text) from job where finished_at is null and cluster = :cluster and"
                + " kind = 'EXPIRE' and spec #>> '{repository,name}' = :repository and spec ->>"
                + " 'dryRun' = 'false'",
            String.class)
        .setParameter("cluster", cluster)
        .setParameter("repository", repository)
        .getResultList();
  }
}
