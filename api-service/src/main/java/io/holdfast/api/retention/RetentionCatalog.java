package io.holdfast.api.retention;

import io.holdfast.api.cluster.ClusterRetention;
import io.holdfast.api.ledger.ArchivedWal;
import io.holdfast.api.retention.RetentionFacts.Archive;
import io.holdfast.api.retention.RetentionFacts.Base;
import io.holdfast.api.retention.RetentionFacts.Condition;
import io.holdfast.api.retention.RetentionFacts.Former;
import io.holdfast.api.retention.RetentionFacts.Stored;
import io.holdfast.model.BackupId;
import io.holdfast.model.Lsn;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gathers the facts for a plan. What a job is removing at the moment is not among them. */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class RetentionCatalog {
  @Inject EntityManager entities;
  @Inject ArchivedWal archives;

  /** What a cluster has in a repository, be it the first one of its backups or a further one. */
  RetentionFacts facts(String cluster, String repository, ClusterRetention policy, Instant now) {
    Map<String, List<String>> holds = holds(cluster, now);
    Map<String, List<Pin>> pins = pins(cluster);
    List<Stored> backups = new ArrayList<>();
    for (Object[] row : rows(cluster, repository)) {
      String id = row[0].toString();
      List<Pin> pinned = pins.getOrDefault(id, List.of());
      backups.add(stored(row, id, holds.getOrDefault(id, List.of()), pinned));
    }
    Archive archive = archive(cluster, repository);
    return new RetentionFacts(
        now,
        policy,
        backups,
        archive,
        archive == null ? List.of() : former(cluster, repository, archive.systemIdentifier()));
  }

  /**
   * Systems of which there were base backups once, or of which a scan saw WAL there, and whose WAL
   * was not removed there since.
   */
  @SuppressWarnings("unchecked")
  private List<Former> former(String cluster, String repository, String system) {
    List<Object[]> rows =
        entities
            .createNativeQuery(
                "with taken as (select system_identifier as system, min(finished_at) as first,"
                    + " max(finished_at) as last from backup where cluster = :cluster and method ="
                    + " 'PHYSICAL' and wal_stop is not null group by 1), seen as (select distinct a"
                    + " ->> 'systemIdentifier' as system from (select archives from repository_scan"
                    + " where repository = :repository and state = 'SUCCEEDED' order by job_id desc"
                    + " limit 1) s, jsonb_array_elements(s.archives) a where a ->> 'cluster' ="
                    + " :cluster), known as (select system from taken union select system from"
                    + " seen) select k.system, (select min(b.finished_at) from backup b where"
                    + " b.cluster = :cluster and b.system_identifier = :system and b.wal_stop is"
                    + " not null and (t.last is null or b.finished_at > t.last)) from known k left"
                    + " join taken t on t.system = k.system where k.system <> :system and not"
                    + " exists (select 1 from wal_expired w where w.cluster = :cluster and"
                    + " w.repository = :repository and w.system_identifier = k.system and"
                    + " w.timeline = 0 and (t.last is null or w.at > t.last)) order by 1")
            .setParameter("cluster", cluster)
            .setParameter("repository", repository)
            .setParameter("system", system)
            .getResultList();
    return rows.stream().map(row -> new Former((String) row[0], (Instant) row[1])).toList();
  }

  private static Stored stored(Object[] row, String id, List<String> holds, List<Pin> pins) {
    boolean physical = "PHYSICAL".equals(row[1]);
    return new Stored(
        new BackupId(id),
        // Base backups stand for each other, full or not; dumps only for those of the same things.
        physical ? "PHYSICAL" : "LOGICAL " + row[2],
        Condition.valueOf((String) row[3]),
        (String) row[4],
        row[5] == null ? null : new BackupId((String) row[5]),
        (Instant) row[6],
        ((Number) row[7]).longValue(),
        row[11] == null || row[8] == null
            ? null
            : new Base(
                (String) row[8],
                Integer.parseInt((String) row[9]),
                Lsn.parse((String) row[10]),
                Lsn.parse((String) row[11])),
        Boolean.TRUE.equals(row[12]),
        holds,
        pins.stream().map(Pin::sentence).toList(),
        pins.stream().anyMatch(Pin::wal));
  }

  /**
   * A backup is doubted in its first repository as its state says. A copy is doubted when the
   * backup was from the beginning, or when the copy itself is not known to be whole: what became of
   * the backup elsewhere says nothing about it.
   */
  @SuppressWarnings("unchecked")
  private List<Object[]> rows(String cluster, String repository) {
    return entities
        .createNativeQuery(
            "select b.id, b.method, b.selection_hash, case b.state when 'AVAILABLE' then 'GOOD' when"
                + " 'EXPIRING' then 'LEAVING' else 'SUSPECT' end, b.suspect_reason, cast(b.parent as text),"
                + " b.finished_at, b.stored_bytes, b.system_identifier, b.wal_timeline, b.wal_start,"
                + " b.wal_stop, b.verified_at is not null from backup b where b.cluster = :cluster"
                + " and b.repository = :repository and (b.state in ('AVAILABLE', 'SUSPECT') or"
                + " b.state = 'EXPIRING' and not exists (select 1 from job j where j.id ="
                + " b.expiry_job and j.finished_at is null)) union all select b.id, b.method,"
                + " b.selection_hash, case when c.state = 'EXPIRING' then 'LEAVING' when c.state in"
                + " ('VERIFIED', 'COPIED', 'FOUND') and not b.doubtful then 'GOOD' else 'SUSPECT'"
                + " end, case when b.doubtful then b.suspect_reason else 'the copy is ' ||"
                + " lower(c.state) end, cast(b.parent as text), b.finished_at, coalesce(c.stored_bytes,"
                + " b.stored_bytes), b.system_identifier, b.wal_timeline, b.wal_start, b.wal_stop,"
                + " c.state = 'VERIFIED' from backup b join backup_copy c on c.backup_id = b.id"
                + " where b.cluster = :cluster and c.repository = :repository and b.repository <>"
                + " :repository and c.state not in ('EXPIRED', 'NOT_NEEDED') and (c.state <>"
                + " 'EXPIRING' or not exists (select 1 from job j where j.id = c.expiry_job and"
                + " j.finished_at is null))")
        .setParameter("cluster", cluster)
        .setParameter("repository", repository)
        .getResultList();
  }

  private Map<String, List<String>> holds(String cluster, Instant now) {
    Map<String, List<String>> holds = new HashMap<>();
    List<HoldEntity> standing =
        HoldEntity.list(
            "liftedAt is null and (endsAt is null or endsAt > ?1) and backupId in (select b.id from"
                + " BackupEntity b where b.cluster = ?2)",
            now,
            cluster);
    for (HoldEntity hold : standing) {
      holds
          .computeIfAbsent(hold.backupId.toString(), unused -> new ArrayList<>())
          .add(
              (hold.kind.equals(HoldEntity.LEGAL) ? "legal hold" : "hold")
                  + " until "
                  + (hold.endsAt == null ? "it is lifted" : hold.endsAt)
                  + ": "
                  + hold.reason);
    }
    return holds;
  }

  /** A job that reads a backup. */
  private record Pin(String sentence, boolean wal) {}

  @SuppressWarnings("unchecked")
  private Map<String, List<Pin>> pins(String cluster) {
    Map<String, List<Pin>> pins = new HashMap<>();
    List<Object[]> rows =
        entities
            .createNativeQuery(
                "select id, kind, cast(spec as text) from job where finished_at is null and (spec"
                    + " ->> 'sourceCluster' = :cluster or cluster = :cluster and kind = 'BACKUP')")
            .setParameter("cluster", cluster)
            .getResultList();
    for (Object[] row : rows) {
      Reads.of(Wire.read((String) row[2], JobSpec.class))
          .filter(read -> read.cluster().equals(cluster))
          .ifPresent(
              read ->
                  pins.computeIfAbsent(read.backupId().value(), unused -> new ArrayList<>())
                      .add(new Pin("job " + row[0] + " (" + row[1] + ") needs it", read.wal())));
    }
    return pins;
  }

  /** Null when none of its WAL lies there, as far as anybody knows. */
  private Archive archive(String cluster, String repository) {
    List<?> place =
        entities
            .createNativeQuery(
                "select c.repository = :repository from cluster c where c.name = :cluster and"
                    + " (c.repository = :repository or exists (select 1 from wal_copy w where"
                    + " w.cluster = c.name and w.repository = :repository and w.copied_at is not"
                    + " null))",
                Boolean.class)
            .setParameter("cluster", cluster)
            .setParameter("repository", repository)
            .getResultList();
    if (place.isEmpty()) {
      return null;
    }
    boolean first = Boolean.TRUE.equals(place.getFirst());
    return (first ? archives.seen(cluster) : archives.copied(cluster, repository))
        .map(
            seen ->
                new Archive(
                    seen.systemIdentifier(),
                    new SegmentSize(seen.segmentBytes()),
                    seen.timelines(),
                    (timeline, moment) -> archives.writtenBefore(cluster, timeline, moment)))
        .orElse(null);
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

  /** When a backup of a cluster was last removed from its own repository; null: never. */
  Instant lastExpired(String cluster) {
    return (Instant)
        entities
            .createNativeQuery(
                "select max(at) from (select b.expired_at as at from backup b where b.cluster ="
                    + " :cluster union all select c.expired_at from backup_copy c join backup b on"
                    + " b.id = c.backup_id join cluster d on d.name = b.cluster and d.repository ="
                    + " c.repository where b.cluster = :cluster) e",
                Instant.class)
            .setParameter("cluster", cluster)
            .getSingleResult();
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
