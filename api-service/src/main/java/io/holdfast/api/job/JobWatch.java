package io.holdfast.api.job;

import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Tells those who wait on a job that its history has grown. What this replica records is told at
 * once; what another one records is seen by one query per 100 ms for all watched jobs together, and
 * by none while nobody waits.
 */
@ApplicationScoped
class JobWatch {
  private static final Logger LOG = Logger.getLogger(JobWatch.class);
  private static final long POLL_MILLIS = 100;

  /** One waiter: complete once the job's history is longer than {@code seen}. */
  private record Waiter(UUID jobId, long seen, CompletableFuture<Void> grown) {}

  @Inject EntityManager entities;

  private final Map<Waiter, Boolean> waiters = new ConcurrentHashMap<>();
  private final ScheduledExecutorService poller =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("job-watch").factory());

  @PostConstruct
  void start() {
    var unused =
        poller.scheduleWithFixedDelay(this::poll, POLL_MILLIS, POLL_MILLIS, TimeUnit.MILLISECONDS);
  }

  @PreDestroy
  void stop() {
    poller.shutdownNow();
  }

  /**
   * Completes when the job's history is longer than {@code seen}. The caller bounds the wait and
   * cancels the future when it gives up.
   */
  CompletableFuture<Void> grownBeyond(UUID jobId, long seen) {
    Waiter waiter = new Waiter(jobId, seen, new CompletableFuture<>());
    waiters.put(waiter, true);
    var unused = waiter.grown().whenComplete((nothing, failure) -> waiters.remove(waiter));
    return waiter.grown();
  }

  void recorded(@Observes(during = TransactionPhase.AFTER_SUCCESS) JobHistory.JobChanged changed) {
    for (Waiter waiter : waiters.keySet()) {
      if (waiter.jobId().equals(changed.jobId())) {
        waiter.grown().complete(null);
      }
    }
  }

  private void poll() {
    if (waiters.isEmpty()) {
      return;
    }
    try {
      List<UUID> ids = waiters.keySet().stream().map(Waiter::jobId).distinct().toList();
      Map<UUID, Long> lengths = new ConcurrentHashMap<>();
      QuarkusTransaction.requiringNew()
          .run(() -> lengths(ids).forEach(row -> lengths.put((UUID) row[0], (Long) row[1])));
      for (Waiter waiter : waiters.keySet()) {
        if (lengths.getOrDefault(waiter.jobId(), 0L) > waiter.seen()) {
          waiter.grown().complete(null);
        }
      }
    } catch (RuntimeException e) {
      LOG.debug("watched jobs could not be looked at: the next tick tries again", e);
    }
  }

  @SuppressWarnings("unchecked")
  private List<Object[]> lengths(List<UUID> ids) {
    return entities
        .createNativeQuery("select id, last_sequence from job where id in (:ids)")
        .setParameter("ids", ids)
        .getResultList();
  }
}
