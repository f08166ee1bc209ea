package io.holdfast.api.retention;

import io.holdfast.api.cluster.ClusterRetention;
import io.holdfast.api.ledger.ArchivedWal;
import io.holdfast.api.retention.RetentionFacts.Archive;
import io.holdfast.api.retention.RetentionFacts.Base;
import io.holdfast.api.retention.RetentionFacts.Condition;
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

  /**
   * @param archived whether the cluster's WAL lies in this repository
   */
  RetentionFacts facts(
      String cluster, String repository, ClusterRetention policy, boolean archived, Instant now) {
    Map<String, List<String>> holds = holds(cluster, now);
    Map<String, List<Pin>> pins = pins(cluster);
    List<Stored> backups = new ArrayList<>();
    for (Object[] row : rows(cluster, repository)) {
      String id = row[0].toString();
      List<Pin> pinned = pins.getOrDefault(id, List.of());
      backups.add(stored(row, id, holds.getOrDefault(id, List.of()), pinned));
    }
    return new RetentionFacts(now, policy, backups, archived ? archive(cluster) : null);
  }

  private static Stored stored(Object[] row, String id, List<String> holds, List<Pin> pins) {
    boolean physical = "PHYSICAL".equals(row[1]);
    String state = (String) row[3];
    return new Stored(
        new BackupId(id),
        // Base backups stand for each other, full or not; dumps only for those of the same things.
        physical ? "PHYSICAL" : "LOGICAL " + row[2],
        switch (state) {
          case "AVAILABLE" -> Condition.GOOD;
          case "EXPIRING" -> Condition.LEAVING;
          default -> Condition.SUSPECT;
        },
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
        row[12] != null,
        holds,
        pins.stream().map(Pin::sentence).toList(),
        pins.stream().anyMatch(Pin::wal));
  }

  @SuppressWarnings("unchecked")
  private List<Object[]> rows(String cluster, String repository) {
    return entities
        .createNativeQuery(
            "select b.id, b.method, b.selection_hash, b.state, b.suspect_reason, b.manifest ->>"
                + " 'parent', b.finished_at, b.stored_bytes, b.manifest #>>"
                + " '{source,systemIdentifier}', b.manifest #>> '{wal,timeline}', b.manifest #>>"
                + " '{wal,startLsn}', b.manifest #>> '{wal,stopLsn}', b.verified_at from backup b"
                + " where b.cluster = :cluster and b.repository = :repository and (b.state in"
                + " ('AVAILABLE', 'SUSPECT') or b.state = 'EXPIRING' and not exists (select 1 from"
                + " job j where j.id = b.expiry_job and j.finished_at is null))")
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

  private Archive archive(String cluster) {
    return archives
        .seen(cluster)
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

  /** When a backup of a cluster was last removed; null: never. */
  Instant lastExpired(String cluster) {
    return (Instant)
        entities
            .createNativeQuery(
                "select max(expired_at) from backup where cluster = :cluster", Instant.class)
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
