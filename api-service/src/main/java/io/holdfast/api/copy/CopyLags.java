package io.holdfast.api.copy;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;

/** How far copies are: one question to the catalog, for one cluster or for all. */
@ApplicationScoped
public class CopyLags {
  /** As {@link CopyStanding} says it of one place. */
  private static final String ALL =
      "with place as (select c.name as cluster, e ->> 'repository' as repository from cluster c"
          + " cross join jsonb_array_elements(c.copies) e where %s), known as (select p.cluster,"
          + " p.repository, b.finished_at, b.stored_bytes, coalesce(k.state, '') as copy from place"
          + " p join backup b on b.cluster = p.cluster and b.state = 'AVAILABLE' and b.repository"
          + " <> p.repository left join backup_copy k on k.backup_id = b.id and k.repository ="
          + " p.repository where coalesce(k.state, '') not in ('NOT_NEEDED', 'EXPIRING',"
          + " 'EXPIRED')), newest as (select cluster, repository, max(finished_at) filter (where"
          + " copy in ('VERIFIED', 'COPIED')) as at from known group by 1, 2), backups as (select"
          + " k.cluster, k.repository, count(*) filter (where copy not in ('VERIFIED', 'COPIED'))"
          + " as waiting, count(*) filter (where copy = 'FAILED') as failed, sum(stored_bytes)"
          + " filter (where copy not in ('VERIFIED', 'COPIED') and (n.at is null or k.finished_at >"
          + " n.at)) as lag_bytes, min(k.finished_at) filter (where copy not in ('VERIFIED',"
          + " 'COPIED') and (n.at is null or k.finished_at > n.at)) as since from known k join"
          + " newest n using (cluster, repository) group by 1, 2), wal as (select p.cluster,"
          + " p.repository, greatest(0, cast(s.observation #>> '{timelines,-1,ranges,-1,to}' as"
          + " pg_lsn) - pg_lsn '0/0' - coalesce(w.copied_lsn, 0)) as lag_bytes,"
          + " coalesce(w.copied_at, s.first_observed_at) as copied_at from place p join"
          + " archive_state s on s.cluster = p.cluster left join wal_copy w on w.cluster ="
          + " p.cluster and w.repository = p.repository) select p.cluster, p.repository,"
          + " coalesce(b.waiting, 0), coalesce(b.failed, 0), coalesce(b.lag_bytes, 0), b.since,"
          + " coalesce(w.lag_bytes, 0), case when w.lag_bytes > 0 then w.copied_at end from place p"
          + " left join backups b using (cluster, repository) left join wal w using (cluster,"
          + " repository)";

  @Inject EntityManager entities;

  /**
   * @param waiting available backups that have no copy there
   * @param failed those of which a copy failed and is tried again
   * @param lagBytes of those that are newer than the newest one there
   * @param behindSince when the oldest of these was finished; null: there is none
   * @param walLagBytes archived and not copied
   * @param walBehindSince when all that was archived had last been copied; null: it is
   */
  public record Lag(
      String cluster,
      String repository,
      long waiting,
      long failed,
      long lagBytes,
      Instant behindSince,
      long walLagBytes,
      Instant walBehindSince) {}

  /**
   * Looks at no scope.
   *
   * @param cluster null: of all
   */
  @Transactional
  public List<Lag> look(String cluster) {
    return rows(cluster).stream()
        .map(
            row ->
                new Lag(
                    (String) row[0],
                    (String) row[1],
                    ((Number) row[2]).longValue(),
                    ((Number) row[3]).longValue(),
                    ((Number) row[4]).longValue(),
                    (Instant) row[5],
                    ((Number) row[6]).longValue(),
                    (Instant) row[7]))
        .toList();
  }

  @SuppressWarnings("unchecked")
  List<Object[]> rows(String cluster) {
    return cluster == null
        ? entities.createNativeQuery(ALL.formatted("true")).getResultList()
        : entities
            .createNativeQuery(ALL.formatted("c.name = :name"))
            .setParameter("name", cluster)
            .getResultList();
  }
}
