package io.holdfast.api.schedule;

import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;

/** Forgets what became of runs more than a year ago. */
@ApplicationScoped
public class RunPurge {
  private static final Duration KEPT = Duration.ofDays(400);

  @Inject EntityManager entities;
  @Inject Clock clock;

  @Scheduled(
      every = "1h",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  @Transactional
  void purge() {
    int unused =
        entities
            .createNativeQuery("delete from schedule_run where decided_at < :limit")
            .setParameter("limit", clock.instant().minus(KEPT))
            .executeUpdate();
  }
}
