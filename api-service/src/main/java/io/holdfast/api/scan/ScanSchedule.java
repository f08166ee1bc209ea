package io.holdfast.api.scan;

import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Scans every repository once in a while; replicas share the work. */
@ApplicationScoped
public class ScanSchedule {
  /** So many scans of each repository are remembered. */
  private static final int KEPT = 30;

  @Inject ScanService scans;
  @Inject EntityManager entities;
  @Inject Clock clock;

  @ConfigProperty(name = "holdfast.scans.interval", defaultValue = "24h")
  Duration interval;

  @Scheduled(
      every = "1m",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  @Transactional
  void tick() {
    if (!interval.isZero() && alone()) {
      due(clock.instant().minus(interval));
      forget();
    }
  }

  /** A repository that was just declared is probed; it is scanned when it is as old as that. */
  @SuppressWarnings("unchecked")
  private void due(Instant before) {
    List<Object[]> due =
        entities
            .createNativeQuery(
                "select r.name, r.pool from repository r where r.created_at < :before and not"
                    + " exists (select 1 from repository_scan s where s.repository = r.name and"
                    + " s.asked_at >= :before) order by r.name")
            .setParameter("before", before)
            .getResultList();
    for (Object[] row : due) {
      var unused = scans.submit((String) row[0], (String) row[1], "scans");
    }
  }

  private void forget() {
    List<UUID> old =
        entities
            .createNativeQuery(
                "select job_id from (select job_id, row_number() over (partition by repository"
                    + " order by job_id desc) as n from repository_scan) ranked where n > :kept",
                UUID.class)
            .setParameter("kept", KEPT)
            .getResultList();
    for (UUID id : old) {
      boolean unused = ScanEntity.deleteById(id);
    }
  }

  private boolean alone() {
    return Boolean.TRUE.equals(
        entities
            .createNativeQuery("select pg_try_advisory_xact_lock(19)", Boolean.class)
            .getSingleResult());
  }
}
