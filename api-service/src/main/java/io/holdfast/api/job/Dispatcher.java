package io.holdfast.api.job;

import io.holdfast.api.outbox.Doorbell;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Reception;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Sees to it that waiting jobs are handed to the outbox, first in first out, as soon as their
 * cluster has room: {@link DispatchRound} says what that is. At most one physical backup per
 * cluster at once, and a bounded number of jobs; a physical backup that waits for another does not
 * hold up the jobs behind it, nor does one that waits for its {@link Turns turn}.
 */
@ApplicationScoped
public class Dispatcher {
  private static final Logger LOG = Logger.getLogger(Dispatcher.class);
  private static final String NO_CLUSTER = "";

  /** Clusters that are looked at in one transaction, which holds up other replicas there. */
  private static final int AT_ONCE = 50;

  private static final Duration REST = Duration.ofMillis(100);

  @Inject EntityManager entities;
  @Inject DispatchRound round;
  @Inject Clock clock;

  private final Set<String> rung = ConcurrentHashMap.newKeySet();
  private final Doorbell doorbell = new Doorbell("dispatcher", this::dispatchRung);

  /** Clusters that were found full, and when by the monotonic clock. */
  private final Map<String, Long> full = new ConcurrentHashMap<>();

  private final Set<String> resting = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean wakeUpSet = new AtomicBoolean();
  private final ScheduledExecutorService alarm =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("dispatcher-alarm").factory());

  /**
   * One more job for a cluster that was full a moment ago changes nothing: it is looked at a moment
   * later, because only another replica could have seen a place become free meanwhile. Otherwise a
   * burst of requests would have each of them count the same jobs again.
   */
  void committed(@Observes(during = TransactionPhase.AFTER_SUCCESS) WorkWaiting waiting) {
    String cluster = waiting.cluster() == null ? NO_CLUSTER : waiting.cluster();
    if (waiting.room()) {
      full.remove(cluster);
    }
    Long since = full.get(cluster);
    if (since != null && System.nanoTime() - since < REST.toNanos()) {
      resting.add(cluster);
      wakeUpLater();
    } else {
      rung.add(cluster);
      doorbell.ring();
    }
  }

  private void wakeUpLater() {
    if (!wakeUpSet.compareAndSet(false, true)) {
      return;
    }
    try {
      var unused = alarm.schedule(this::wakeUp, REST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException stopping) {
      LOG.debug("stopping: the job is found after the next start, or by another replica");
    }
  }

  private void wakeUp() {
    wakeUpSet.set(false);
    for (String cluster : List.copyOf(resting)) {
      resting.remove(cluster);
      rung.add(cluster);
    }
    doorbell.ring();
  }

  /** Finds what another replica left behind, and jobs whose back-off has passed. */
  @SuppressWarnings("unchecked")
  @Scheduled(
      every = "{holdfast.jobs.tick}",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void tick() {
    List<String> clusters =
        QuarkusTransaction.requiringNew()
            .call(
                () ->
                    entities
                        .createNativeQuery(
                            "select distinct coalesce(cluster, '') from job where state = 'QUEUED'"
                                + " and dispatched_at is null and (not_before is null or not_before"
                                + " <= :now)",
                            String.class)
                        .setParameter("now", clock.instant())
                        .getResultList());
    rung.addAll(clusters);
    doorbell.ring();
  }

  /** While the catalog can still be reached. */
  void stop(@Observes(notifyObserver = Reception.IF_EXISTS) ShutdownEvent stopping) {
    var unused = alarm.shutdownNow();
    doorbell.close();
  }

  private void dispatchRung() {
    List<String> names = new ArrayList<>(rung);
    for (int from = 0; from < names.size(); from += AT_ONCE) {
      Set<String> some = new HashSet<>(names.subList(from, Math.min(from + AT_ONCE, names.size())));
      rung.removeAll(some);
      try {
        dispatch(some);
      } catch (RuntimeException e) {
        LOG.debugf(e, "one of %d clusters cannot be dispatched: each by itself", some.size());
        some.forEach(this::dispatchAlone);
      }
    }
  }

  private void dispatchAlone(String cluster) {
    try {
      dispatch(Set.of(cluster));
    } catch (RuntimeException e) {
      LOG.warnf(e, "jobs of cluster '%s' wait: the next tick tries again", cluster);
    }
  }

  /** Admits what there is room for. */
  private void dispatch(Set<String> names) {
    if (names.contains(NO_CLUSTER)) {
      while (QuarkusTransaction.requiringNew().call(round::admitOthers)) {
        // There are more of them than one round takes.
      }
    }
    Set<String> left = new HashSet<>(names);
    left.remove(NO_CLUSTER);
    while (!left.isEmpty()) {
      Set<String> looked = left;
      DispatchRound.Outcome outcome =
          QuarkusTransaction.requiringNew().call(() -> round.admit(looked));
      for (String name : looked) {
        if (outcome.full().contains(name)) {
          full.put(name, System.nanoTime());
        } else {
          full.remove(name);
        }
      }
      left = outcome.more();
    }
  }
}
