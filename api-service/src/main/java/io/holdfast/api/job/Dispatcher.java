package io.holdfast.api.job;

import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.outbox.Doorbell;
import io.holdfast.api.outbox.Outbox;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.wire.Wire;
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
 * Admission: hands waiting jobs to the outbox, first in first out, as far as their cluster has
 * room. At most one physical backup per cluster at once, and a bounded number of jobs; a physical
 * backup that waits for another does not hold up the jobs behind it, nor does one that waits for
 * its {@link Turns turn}.
 *
 * <p>One pass over a cluster holds an advisory lock, so that any number of replicas count the same.
 */
@ApplicationScoped
public class Dispatcher {
  private static final Logger LOG = Logger.getLogger(Dispatcher.class);
  private static final String NO_CLUSTER = "";
  private static final int NO_CLUSTER_BATCH = 50;
  private static final Duration REST = Duration.ofMillis(100);

  @Inject EntityManager entities;
  @Inject JobsConfig config;
  @Inject ClusterService clusters;
  @Inject Outbox outbox;
  @Inject JobHistory history;
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
    for (String cluster : List.copyOf(rung)) {
      rung.remove(cluster);
      try {
        dispatch(cluster.equals(NO_CLUSTER) ? null : cluster);
      } catch (RuntimeException e) {
        LOG.warnf(e, "jobs of cluster '%s' wait: the next tick tries again", cluster);
      }
    }
  }

  /** Admits what there is room for. */
  void dispatch(String cluster) {
    while (QuarkusTransaction.requiringNew().call(() -> admit(cluster))) {
      // A physical backup let others behind it pass: there may be more of them.
    }
  }

  /** Whether another pass may admit more. */
  private boolean admit(String cluster) {
    if (cluster == null) {
      return admit(waiting(null, true, NO_CLUSTER_BATCH), NO_CLUSTER_BATCH, true);
    }
    entities
        .createNativeQuery(
            "select 1 from (select pg_advisory_xact_lock(hashtextextended(:c, 7))) l")
        .setParameter("c", cluster)
        .getSingleResult();
    List<Object[]> occupying = occupying(cluster);
    int room =
        clusters.maxRunningJobs(cluster).orElse(config.maxRunningPerCluster()) - occupying.size();
    if (room <= 0) {
      full.put(cluster, System.nanoTime());
      return false;
    }
    full.remove(cluster);
    boolean physicalFree = occupying.stream().noneMatch(row -> (Boolean) row[1]);
    return admit(waiting(cluster, physicalFree, room), room, physicalFree);
  }

  private boolean admit(List<JobEntity> waiting, int limit, boolean physicalFree) {
    boolean admitted = false;
    boolean physical = physicalFree;
    for (JobEntity job : waiting) {
      if (job.exclusive && !physical) {
        continue;
      }
      physical &= !job.exclusive;
      send(job);
      admitted = true;
    }
    return admitted && waiting.size() == limit;
  }

  private void send(JobEntity job) {
    job.dispatchedAt = clock.instant();
    job.notBefore = null;
    JobAttemptEntity attempt = new JobAttemptEntity();
    attempt.key = new JobAttemptEntity.Key(job.id, job.attempt);
    attempt.dispatchedAt = job.dispatchedAt;
    attempt.persist();
    history.noted(job, "DISPATCHED", EventBody.none());
    outbox.runJob(
        job.pool,
        job.jobId(),
        job.attempt,
        config.lease(),
        job.deadlineAt,
        Wire.read(job.spec, JobSpec.class),
        job.trace());
  }

  @SuppressWarnings("unchecked")
  private List<Object[]> occupying(String cluster) {
    return entities
        .createNativeQuery(
            "select id, exclusive from job where cluster = :c and (state = 'RUNNING' or (state ="
                + " 'QUEUED' and dispatched_at is not null))")
        .setParameter("c", cluster)
        .getResultList();
  }

  @SuppressWarnings("unchecked")
  private List<JobEntity> waiting(String cluster, boolean physicalFree, int limit) {
    return entities
        .createNativeQuery(
            "select j.* from job j where "
                + (cluster == null ? "j.cluster is null and :c = ''" : "j.cluster = :c")
                + " and j.state = 'QUEUED' and j.dispatched_at is null and (j.not_before is null or"
                + " j.not_before <= :now) and (not j.exclusive or :physicalFree) and "
                + Turns.COME
                + " order by j.id limit :limit for update of j skip locked",
            JobEntity.class)
        .setParameter("c", cluster == null ? "" : cluster)
        .setParameter("now", clock.instant())
        .setParameter("physicalFree", physicalFree)
        .setParameter("limit", limit)
        .getResultList();
  }
}
