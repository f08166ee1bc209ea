package io.holdfast.api.outbox;

import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;

/**
 * Deletes commands that have done their duty. One that was sent and that its job still waits for
 * stays, whatever its age: that nobody accepted it is told from its row.
 */
@ApplicationScoped
public class OutboxPurge {
  private static final Duration KEPT = Duration.ofDays(1);

  @Inject EntityManager entities;
  @Inject Clock clock;

  @Scheduled(
      every = "10m",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  @Transactional
  void purge() {
    int unused =
        entities
            .createNativeQuery(
                "delete from outbox o where o.status <> 'PENDING' and o.sent_at < :limit and not"
                    + " exists (select 1 from job where job.id = o.job_id and job.attempt ="
                    + " o.attempt and job.state = 'QUEUED')")
            .setParameter("limit", clock.instant().minus(KEPT))
            .executeUpdate();
  }
}
