package io.holdfast.api.probe;

import io.holdfast.api.repository.RepositoryService;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Probes every repository again once in a while, so that one that does not answer is known before a
 * backup needs it. Replicas share the work.
 */
@ApplicationScoped
public class ProbeSchedule {
  private static final String DUE =
      "select r.name from repository r where r.probe_at < :before and not exists (select 1 from job"
          + " j where j.id = cast(r.probe_job_id as uuid) and j.finished_at is null) order by"
          + " r.name";

  @Inject RepositoryService repositories;
  @Inject EntityManager entities;
  @Inject Clock clock;

  @ConfigProperty(name = "holdfast.repositories.probe-interval", defaultValue = "15m")
  Duration interval;

  @Scheduled(
      every = "15s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  @Transactional
  @SuppressWarnings("unchecked")
  void tick() {
    if (interval.isZero() || !alone()) {
      return;
    }
    List<String> due =
        entities
            .createNativeQuery(DUE, String.class)
            .setParameter("before", clock.instant().minus(interval))
            .getResultList();
    due.forEach(name -> repositories.probeAgain(name, "probes"));
  }

  private boolean alone() {
    return Boolean.TRUE.equals(
        entities
            .createNativeQuery("select pg_try_advisory_xact_lock(23)", Boolean.class)
            .getSingleResult());
  }
}
