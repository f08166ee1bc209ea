package io.holdfast.api.job;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * How many jobs wait and run, and how long the oldest has waited, by pool. Every replica shows the
 * whole catalog: take the maximum over them, not the sum.
 */
@ApplicationScoped
class JobMetrics {
  private static final Logger LOG = Logger.getLogger(JobMetrics.class);
  private static final String UNFINISHED =
      "select pool, state, count(*), extract(epoch from cast(:now as timestamptz) -"
          + " min(created_at)) from job where finished_at is null group by pool, state";

  @Inject EntityManager entities;
  @Inject MeterRegistry metrics;
  @Inject Clock clock;

  private MultiGauge jobs;
  private MultiGauge age;

  private record Standing(String pool, JobState state, long count, double oldestSeconds) {}

  @PostConstruct
  void start() {
    jobs =
        MultiGauge.builder("holdfast.jobs")
            .description("Jobs that are not done, by state and pool")
            .register(metrics);
    age =
        MultiGauge.builder("holdfast.jobs.queue.age")
            .description("For how long the oldest queued job of a pool has waited")
            .baseUnit("seconds")
            .register(metrics);
  }

  @Scheduled(
      every = "5s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void tick() {
    try {
      look();
    } catch (RuntimeException e) {
      LOG.debug("jobs could not be counted: the next tick tries again", e);
    }
  }

  /** What has no row any more is not shown any more. */
  void look() {
    List<Standing> standings = QuarkusTransaction.requiringNew().call(this::standings);
    jobs.register(
        standings.stream()
            .map(
                s ->
                    MultiGauge.Row.of(
                        Tags.of("pool", s.pool(), "state", s.state().name()), s.count()))
            .toList(),
        true);
    age.register(
        standings.stream()
            .filter(s -> s.state() == JobState.QUEUED)
            .map(s -> MultiGauge.Row.of(Tags.of("pool", s.pool()), s.oldestSeconds()))
            .toList(),
        true);
  }

  @SuppressWarnings("unchecked")
  private List<Standing> standings() {
    List<Object[]> rows =
        entities.createNativeQuery(UNFINISHED).setParameter("now", clock.instant()).getResultList();
    return rows.stream()
        .map(
            row ->
                new Standing(
                    (String) row[0],
                    JobState.valueOf((String) row[1]),
                    ((Number) row[2]).longValue(),
                    ((Number) row[3]).doubleValue()))
        .toList();
  }
}
