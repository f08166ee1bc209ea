package io.holdfast.api.outbox;

import io.holdfast.api.metrics.Families;
import io.holdfast.api.metrics.Family;
import io.holdfast.api.metrics.MetricSource;
import io.holdfast.api.metrics.Series;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;

/** Commands that Kafka has not taken. */
@ApplicationScoped
class OutboxMetrics implements MetricSource {
  @Inject EntityManager entities;
  @Inject Families families;

  private Family pending;
  private Family since;

  @PostConstruct
  void start() {
    pending = families.gauge("holdfast_outbox_pending", "Commands that Kafka has not taken");
    since =
        families.gauge(
            "holdfast_outbox_pending_since_timestamp_seconds",
            "When the oldest of them was written; 0: none waits");
  }

  @Override
  public String subject() {
    return "outbox";
  }

  @Override
  @Transactional
  public void look() {
    Object[] row =
        (Object[])
            entities
                .createNativeQuery(
                    "select count(*), min(created_at) from outbox where status = 'PENDING'")
                .getSingleResult();
    pending.show(List.of(Series.of((Number) row[0])));
    since.show(List.of(Series.at((Instant) row[1])));
  }
}
