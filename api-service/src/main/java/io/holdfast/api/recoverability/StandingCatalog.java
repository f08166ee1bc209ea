package io.holdfast.api.recoverability;

import io.holdfast.api.copy.CopyLags;
import io.holdfast.api.recoverability.Standing.Archive;
import io.holdfast.api.recoverability.Standing.CopyLag;
import io.holdfast.api.recoverability.Standing.Drill;
import io.holdfast.api.recoverability.Standing.LastJobs;
import io.holdfast.api.recoverability.Standing.Point;
import io.holdfast.api.recoverability.Standing.Proof;
import io.holdfast.api.recoverability.Standing.Retained;
import io.holdfast.api.retention.RetentionMetrics;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Reads how clusters stand: two questions to the catalog, for one cluster or for all. */
@ApplicationScoped
class StandingCatalog {
  private static final Duration SILENT_AFTER = Duration.ofMinutes(1);

  private static final String LAST =
      "(select finished_at from job where cluster = c.name and kind = '%s' and state = '%s' and"
          + " finished_at is not null order by finished_at desc limit 1)";

  private static final String STANDINGS =
      "select c.name, c.recovery_point_objective, c.archive #>> '{spec,recoveryPointObjective}',"
          + " cast(n.id as text), n.type, n.at, o.at, a.cluster, a.restorable_from, case when"
          + " backup_restorable(a.restorable_by) then a.restorable_until end, a.observed_at,"
          + " a.conditions @> '[\"STALLED\"]', (select count(*) from wal_gap g where g.cluster ="
          + " c.name and g.closed_at is null and g.superseded_by is null), v.verified_level,"
          + " v.verified_at, d.finished_at, d.recovery, d.objective, "
          + last("BACKUP", "SUCCEEDED")
          + ", "
          + last("BACKUP", "FAILED")
          + ", "
          + last("VERIFY", "SUCCEEDED")
          + ", "
          + last("VERIFY", "FAILED")
          + ", "
          + last("DRILL", "FAILED")
          + " from cluster c left join lateral (select b.id, b.type, case b.type when 'LOGICAL'"
          + " then b.started_at else b.finished_at end as at from unnest(array['PHYSICAL',"
          + " 'INCREMENTAL', 'LOGICAL']) t(type) cross join lateral (select id, type, started_at,"
          + " finished_at from backup where cluster = c.name and type = t.type and state ="
          + " 'AVAILABLE' and (parent is null or backup_restorable(parent)) order by finished_at"
          + " desc limit 1) b order by 3 desc limit 1) n on true left join lateral (select case"
          + " b.type when 'LOGICAL' then b.started_at else b.finished_at end as at from"
          + " unnest(array['PHYSICAL', 'LOGICAL']) t(type) cross join lateral (select type,"
          + " started_at, finished_at from backup where cluster = c.name and type = t.type and"
          + " state = 'AVAILABLE' order by finished_at limit 1) b order by 1 limit 1) o on true"
          + " left join archive_state a on a.cluster = c.name and c.archive is not null left join"
          + " lateral (select b.verified_level, b.verified_at from unnest(array['CHECKSUM',"
          + " 'STRUCTURE', 'RESTORE']) l(level) cross join lateral (select verified_level,"
          + " verified_at from backup where cluster = c.name and verified_level = l.level and"
          + " verified_at is not null and state <> 'SUSPECT' order by verified_at desc limit 1) b"
          + " order by 2 desc limit 1) v on true left join lateral (select finished_at, result ->>"
          + " 'recovery' as recovery, spec #>> '{drill,recoveryTimeObjective}' as objective from"
          + " job where cluster = c.name and kind = 'DRILL' and state = 'SUCCEEDED' and finished_at"
          + " is not null order by finished_at desc limit 1) d on true where %s order by c.name";

  @Inject EntityManager entities;
  @Inject CopyLags copies;
  @Inject RetentionMetrics retention;
  @Inject Clock clock;

  @ConfigProperty(name = "holdfast.recovery-point-objective", defaultValue = "PT26H")
  Duration objective;

  private static String last(String kind, String state) {
    return LAST.formatted(kind, state);
  }

  /**
   * By name. Looks at no scope.
   *
   * @param cluster null: all
   */
  @Transactional
  @SuppressWarnings("unchecked")
  List<Standing> look(String cluster) {
    Map<String, List<CopyLag>> lags = new HashMap<>();
    for (CopyLags.Lag lag : copies.look(cluster)) {
      lags.computeIfAbsent(lag.cluster(), unused -> new ArrayList<>())
          .add(
              new CopyLag(
                  lag.repository(),
                  lag.waiting(),
                  lag.failed(),
                  lag.behindSince(),
                  lag.walBehindSince()));
    }
    List<Object[]> rows =
        cluster == null
            ? entities.createNativeQuery(STANDINGS.formatted("true")).getResultList()
            : entities
                .createNativeQuery(STANDINGS.formatted("c.name = :name"))
                .setParameter("name", cluster)
                .getResultList();
    return rows.stream().map(row -> standing(row, lags)).toList();
  }

  private Standing standing(Object[] row, Map<String, List<CopyLag>> lags) {
    String cluster = (String) row[0];
    boolean archived = row[2] != null;
    return new Standing(
        cluster,
        archived,
        archived ? duration(row[2]) : row[1] == null ? objective : duration(row[1]),
        row[3] == null ? null : new Point((String) row[3], (String) row[4], (Instant) row[5]),
        (Instant) row[6],
        row[7] == null ? null : archive(row),
        row[13] == null ? null : new Proof((String) row[13], (Instant) row[14]),
        row[15] == null ? null : new Drill((Instant) row[15], duration(row[16]), duration(row[17])),
        new LastJobs(
            (Instant) row[18],
            (Instant) row[19],
            (Instant) row[20],
            (Instant) row[21],
            (Instant) row[15],
            (Instant) row[22]),
        lags.getOrDefault(cluster, List.of()),
        retention
            .latest(cluster)
            .map(latest -> new Retained(latest.due(), latest.violated()))
            .orElse(null));
  }

  private Archive archive(Object[] row) {
    Instant observedAt = (Instant) row[10];
    return new Archive(
        row[9] == null ? null : (Instant) row[8],
        (Instant) row[9],
        observedAt,
        Boolean.TRUE.equals(row[11]),
        observedAt.plus(SILENT_AFTER).isBefore(clock.instant()),
        ((Number) row[12]).longValue());
  }

  private static Duration duration(Object text) {
    return text == null ? null : Duration.parse((String) text);
  }
}
