package io.holdfast.api.projection;

import io.holdfast.api.metrics.Columns;
import io.holdfast.api.metrics.Families;
import io.holdfast.api.metrics.Family;
import io.holdfast.api.metrics.MetricSource;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** Workers by pool; a worker's own name is no label, because new ones come with every start. */
@ApplicationScoped
class WorkerMetrics implements MetricSource {
  private static final Duration ALIVE = Duration.ofMinutes(1);
  private static final String BY_POOL =
      "select p.pool, max(w.last_seen), count(w.id) filter (where w.last_seen > :alive) from"
          + " (select pool from cluster union select pool from repository union select pool from"
          + " worker) p left join worker w on w.pool = p.pool group by p.pool";

  private static final String REFUSED =
      "select a.authentic, count(r.event_id) from unnest(array['true', 'false']) a(authentic) left"
          + " join refused_command r on r.authentic = cast(a.authentic as boolean) group by"
          + " a.authentic";

  @Inject EntityManager entities;
  @Inject Families families;
  @Inject Clock clock;

  private Family heartbeat;
  private Family workers;
  private Family refused;

  @PostConstruct
  void start() {
    heartbeat =
        families.gauge(
            "holdfast_worker_last_heartbeat_timestamp_seconds",
            "When a worker of the pool was last heard; 0: never",
            "pool");
    workers =
        families.gauge("holdfast_workers", "Workers that were heard in the last minute", "pool");
    refused =
        families.counter(
            "holdfast_commands_refused_total",
            "Commands that a worker would not touch; one without a good signature is not authentic",
            "authentic");
  }

  @Override
  public String subject() {
    return "workers";
  }

  @Override
  @Transactional
  @SuppressWarnings("unchecked")
  public void look() {
    List<Object[]> rows =
        entities
            .createNativeQuery(BY_POOL)
            .setParameter("alive", clock.instant().minus(ALIVE))
            .getResultList();
    Columns.show(rows, 1, heartbeat, workers);
    Columns.show(entities.createNativeQuery(REFUSED).getResultList(), 1, refused);
  }
}
