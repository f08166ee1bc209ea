package io.holdfast.api.ledger;

import io.holdfast.model.Lsn;
import io.holdfast.model.wal.ArchiveObservation;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Turns positions into moments: where the primary was at each observation. What is archived up to a
 * position holds every commit before the newest mark that is not behind it.
 */
@ApplicationScoped
public class WalMarks {
  /** Between the worker's question to the primary and the time in its observation. */
  private static final Duration SLACK = Duration.ofSeconds(2);

  private static final Duration DENSE = Duration.ofDays(2);
  private static final Duration KEPT = Duration.ofDays(400);

  @Inject EntityManager entities;
  @Inject Clock clock;

  @Transactional(Transactional.TxType.MANDATORY)
  void add(String cluster, ArchiveObservation seen) {
    if (seen.primary() == null) {
      return;
    }
    int unused =
        entities
            .createNativeQuery(
                "insert into wal_mark (cluster, timeline, lsn, at) values (:cluster, :timeline,"
                    + " :lsn, :at) on conflict (cluster, timeline, lsn) do update set at ="
                    + " greatest(wal_mark.at, excluded.at)")
            .setParameter("cluster", cluster)
            .setParameter("timeline", seen.primary().timeline())
            .setParameter("lsn", seen.primary().lsn().address())
            .setParameter("at", seen.observedAt().minus(SLACK))
            .executeUpdate();
  }

  @Transactional(Transactional.TxType.MANDATORY)
  void forget(String cluster) {
    int unused =
        entities
            .createNativeQuery("delete from wal_mark where cluster = :cluster")
            .setParameter("cluster", cluster)
            .executeUpdate();
  }

  /** Every commit on the path before this moment lies before {@code to}; empty: nobody knows. */
  Optional<Instant> safeUntil(String cluster, WalPath path, Lsn to) {
    for (WalPath.Stretch stretch : path.stretches().reversed()) {
      Lsn end = stretch.end() == null || to.compareTo(stretch.end()) < 0 ? to : stretch.end();
      if (end.compareTo(stretch.begin()) >= 0) {
        Optional<Instant> mark = newest(cluster, stretch.timeline(), end);
        if (mark.isPresent()) {
          return mark;
        }
      }
    }
    return Optional.empty();
  }

  /** By when something on the path was written behind {@code lsn}; empty: nobody knows. */
  Optional<Instant> missingSince(String cluster, WalPath path, Lsn lsn) {
    for (WalPath.Stretch stretch : path.stretches()) {
      if (stretch.end() == null || stretch.end().compareTo(lsn) > 0) {
        Optional<Instant> mark = next(cluster, stretch, lsn);
        if (mark.isPresent()) {
          return mark.map(at -> at.plus(SLACK));
        }
      }
    }
    return Optional.empty();
  }

  @SuppressWarnings("unchecked")
  private Optional<Instant> next(String cluster, WalPath.Stretch stretch, Lsn lsn) {
    long end = stretch.end() == null ? Long.MAX_VALUE : stretch.end().address();
    List<Instant> at =
        entities
            .createNativeQuery(
                "select at from wal_mark where cluster = :cluster and timeline = :timeline and lsn"
                    + " > :lsn and lsn <= :end order by lsn limit 1",
                Instant.class)
            .setParameter("cluster", cluster)
            .setParameter("timeline", stretch.timeline())
            .setParameter("lsn", lsn.address())
            .setParameter("end", end)
            .getResultList();
    return at.stream().findFirst();
  }

  @SuppressWarnings("unchecked")
  private Optional<Instant> newest(String cluster, int timeline, Lsn end) {
    List<Instant> at =
        entities
            .createNativeQuery(
                "select at from wal_mark where cluster = :cluster and timeline = :timeline and lsn"
                    + " <= :lsn order by lsn desc limit 1",
                Instant.class)
            .setParameter("cluster", cluster)
            .setParameter("timeline", timeline)
            .setParameter("lsn", end.address())
            .getResultList();
    return at.stream().findFirst();
  }

  /** After two days one mark per ten minutes will do. */
  @Scheduled(
      every = "1h",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  @Transactional
  void thinOut() {
    Instant now = clock.instant();
    int unused =
        entities
            .createNativeQuery(
                "delete from wal_mark m where m.at < :kept or (m.at < :dense and exists (select 1"
                    + " from wal_mark o where o.cluster = m.cluster and o.timeline = m.timeline and"
                    + " o.lsn > m.lsn and date_bin('10 minutes', o.at, 'epoch') ="
                    + " date_bin('10 minutes', m.at, 'epoch')))")
            .setParameter("kept", now.minus(KEPT))
            .setParameter("dense", now.minus(DENSE))
            .executeUpdate();
  }
}
