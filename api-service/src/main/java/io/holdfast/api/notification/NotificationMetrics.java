package io.holdfast.api.notification;

import io.holdfast.api.metrics.Columns;
import io.holdfast.api.metrics.Families;
import io.holdfast.api.metrics.Family;
import io.holdfast.api.metrics.MetricSource;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.List;

/** Whether targets can be told anything. */
@ApplicationScoped
class NotificationMetrics implements MetricSource {
  private static final String LABEL = "target";
  private static final String STANDINGS =
      "select s.target, s.failures_total, s.last_success_at, s.failures > 0, (select count(*) from"
          + " notification_delivery d where d.target = s.target and d.state = 'PENDING') from"
          + " notification_standing s";

  @Inject EntityManager entities;
  @Inject Families families;

  private Family failures;
  private Family lastSuccess;
  private Family failing;
  private Family pending;

  @PostConstruct
  void start() {
    failures =
        families.counter(
            "holdfast_notification_failures_total",
            "Messages that did not arrive, each attempt counted",
            LABEL);
    lastSuccess =
        families.gauge(
            "holdfast_notification_last_success_timestamp_seconds",
            "When the target last took a message; 0: never",
            LABEL);
    failing =
        families.gauge(
            "holdfast_notification_failing", "1: the last message did not arrive", LABEL);
    pending =
        families.gauge("holdfast_notification_pending", "Messages that wait for the target", LABEL);
  }

  @Override
  public String subject() {
    return "notifications";
  }

  @Override
  @Transactional
  @SuppressWarnings("unchecked")
  public void look() {
    List<Object[]> standings = entities.createNativeQuery(STANDINGS).getResultList();
    Columns.show(standings, 1, failures, lastSuccess, failing, pending);
  }
}
