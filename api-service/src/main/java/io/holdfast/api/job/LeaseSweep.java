package io.holdfast.api.job;

import io.holdfast.api.hearing.EventsHeard;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Ends what nobody reports on any more: attempts past their lease, commands that nobody accepted,
 * jobs past their deadline. Any number of replicas may sweep at once; each row is one replica's.
 */
@ApplicationScoped
public class LeaseSweep {
  private static final Logger LOG = Logger.getLogger(LeaseSweep.class);
  private static final int BATCH = 50;

  private static final String LOST =
      "select * from job where state = 'RUNNING' and lost_not_before < :now";
  private static final String NOT_ACCEPTED =
      "select job.* from job join outbox o on o.job_id = job.id and o.attempt = job.attempt"
          + " where job.state = 'QUEUED' and job.dispatched_at is not null and o.status = 'SENT'"
          + " and o.expires_at < :now";
  private static final String LATE =
      "select * from job where finished_at is null and deadline_at < :now";

  @Inject EntityManager entities;
  @Inject JobLifecycle lifecycle;
  @Inject EventsHeard events;
  @Inject JobsConfig config;
  @Inject Clock clock;

  @Scheduled(
      every = "{holdfast.jobs.tick}",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void tick() {
    try {
      sweep();
    } catch (RuntimeException e) {
      LOG.warn("leases could not be looked at: the next tick tries again", e);
    }
  }

  void sweep() {
    each(LATE, clock.instant(), lifecycle::deadlinePassed);
    // Silence counts only as far as this service has heard everything: after an outage of the
    // broker, and after one of its own, live workers get a lease to be heard again.
    Optional<Instant> heard = events.judgeableUpTo(config.lease());
    if (heard.isPresent()) {
      each(LOST, heard.get(), lifecycle::lose);
      // The last worker may have accepted just in time; its event gets a lease to arrive.
      each(NOT_ACCEPTED, heard.get().minus(config.lease()), lifecycle::notAccepted);
    }
  }

  private void each(String query, Instant now, Consumer<JobEntity> change) {
    while (QuarkusTransaction.requiringNew().call(() -> batch(query, now, change)) == BATCH) {
      // A full batch: there may be more.
    }
  }

  @SuppressWarnings("unchecked")
  private int batch(String query, Instant now, Consumer<JobEntity> change) {
    List<JobEntity> rows =
        entities
            .createNativeQuery(
                query + " order by job.id limit " + BATCH + " for update of job skip locked",
                JobEntity.class)
            .setParameter("now", now)
            .getResultList();
    rows.forEach(change);
    return rows.size();
  }
}
