package io.holdfast.api.retention;

import io.holdfast.api.cluster.ClusterPlace;
import io.holdfast.api.retention.RetentionFacts.Base;
import io.holdfast.api.retention.RetentionFacts.Condition;
import io.holdfast.api.retention.RetentionFacts.Stored;
import io.holdfast.model.BackupId;
import io.holdfast.model.Lsn;
import io.holdfast.model.job.JobSpec;
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
import java.util.Set;

/** Backups for a plan, with who holds and who reads them. */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class KeptBackups {
  /**
   * A backup is doubted in its first repository as its state says. A copy is doubted when the
   * backup was from the beginning, or when the copy itself is not known to be whole: what became of
   * the backup elsewhere says nothing about it. What a job is removing is left out.
   */
  private static final String BACKUPS =
      "select p.nr, cast(b.id as text), b.method, b.selection_hash, case b.state when 'AVAILABLE'"
          + " then 'GOOD' when 'EXPIRING' then 'LEAVING' else 'SUSPECT' end, b.suspect_reason,"
          + " cast(b.parent as text), b.finished_at, b.stored_bytes, b.system_identifier,"
          + " b.wal_timeline, b.wal_start, b.wal_stop, b.verified_at is not null from "
          + Places.ROWS
          + " join backup b on b.cluster = p.cluster and b.repository = p.repository where b.state"
          + " in ('AVAILABLE', 'SUSPECT') or b.state = 'EXPIRING' and not exists (select 1 from job"
          + " j where j.id = b.expiry_job and j.finished_at is null) union all select p.nr,"
          + " cast(b.id as text), b.method, b.selection_hash, case when c.state = 'EXPIRING' then"
          + " 'LEAVING' when c.state in ('VERIFIED', 'COPIED', 'FOUND') and not b.doubtful then"
          + " 'GOOD' else 'SUSPECT' end, case when b.doubtful then b.suspect_reason else 'the copy"
          + " is ' || lower(c.state) end, cast(b.parent as text), b.finished_at,"
          + " coalesce(c.stored_bytes, b.stored_bytes), b.system_identifier, b.wal_timeline,"
          + " b.wal_start, b.wal_stop, c.state = 'VERIFIED' from "
          + Places.ROWS
          + " join backup b on b.cluster = p.cluster and b.repository <> p.repository join"
          + " backup_copy c on c.backup_id = b.id and c.repository = p.repository where c.state not"
          + " in ('EXPIRED', 'NOT_NEEDED') and (c.state <> 'EXPIRING' or not exists (select 1 from"
          + " job j where j.id = c.expiry_job and j.finished_at is null))";

  @Inject EntityManager entities;

  /** None of a place in which there is none. */
  Map<ClusterPlace, List<Stored>> in(Places places, Instant now) {
    Map<String, List<String>> holds = holds(places.clusters(), now);
    Map<String, List<Pin>> pins = pins(places.clusters());
    Map<ClusterPlace, List<Stored>> backups = new HashMap<>();
    for (Object[] row : places.ask(entities, BACKUPS)) {
      String id = (String) row[1];
      List<Pin> pinned = pins.getOrDefault(id, List.of());
      backups
          .computeIfAbsent(places.of(row), unused -> new ArrayList<>())
          .add(stored(row, holds.getOrDefault(id, List.of()), pinned));
    }
    return backups;
  }

  private static Stored stored(Object[] row, List<String> holds, List<Pin> pins) {
    boolean physical = "PHYSICAL".equals(row[2]);
    return new Stored(
        new BackupId((String) row[1]),
        // Base backups stand for each other, full or not; dumps only for those of the same things.
        physical ? "PHYSICAL" : "LOGICAL " + row[3],
        Condition.valueOf((String) row[4]),
        (String) row[5],
        row[6] == null ? null : new BackupId((String) row[6]),
        (Instant) row[7],
        ((Number) row[8]).longValue(),
        row[12] == null || row[9] == null
            ? null
            : new Base(
                (String) row[9],
                Integer.parseInt((String) row[10]),
                Lsn.parse((String) row[11]),
                Lsn.parse((String) row[12])),
        Boolean.TRUE.equals(row[13]),
        holds,
        pins.stream().map(Pin::sentence).toList(),
        pins.stream().anyMatch(Pin::wal));
  }

  /** By backup, the oldest first. */
  private static Map<String, List<String>> holds(Set<String> clusters, Instant now) {
    Map<String, List<String>> holds = new HashMap<>();
    List<HoldEntity> standing =
        HoldEntity.list(
            "liftedAt is null and (endsAt is null or endsAt > ?1) and backupId in (select b.id from"
                + " BackupEntity b where b.cluster in ?2) order by createdAt, id",
            now,
            clusters);
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

  /** By backup, the oldest first. */
  @SuppressWarnings("unchecked")
  private Map<String, List<Pin>> pins(Set<String> clusters) {
    Map<String, List<Pin>> pins = new HashMap<>();
    List<Object[]> rows =
        entities
            .createNativeQuery(
                "select id, kind, cast(spec as text) from job where finished_at is null and (spec"
                    + " ->> 'sourceCluster' = any(:clusters) or cluster = any(:clusters) and kind ="
                    + " 'BACKUP') order by id")
            .setParameter("clusters", clusters.toArray(String[]::new))
            .getResultList();
    for (Object[] row : rows) {
      Reads.of(Wire.read((String) row[2], JobSpec.class))
          .ifPresent(
              read ->
                  pins.computeIfAbsent(read.backupId().value(), unused -> new ArrayList<>())
                      .add(new Pin("job " + row[0] + " (" + row[1] + ") needs it", read.wal())));
    }
    return pins;
  }
}
