package io.holdfast.api.copy;

import io.holdfast.api.metrics.Columns;
import io.holdfast.api.metrics.Families;
import io.holdfast.api.metrics.Family;
import io.holdfast.api.metrics.MetricSource;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;

/** How far copies are, by cluster and repository. */
@ApplicationScoped
class CopyMetrics implements MetricSource {
  @Inject CopyLags lags;
  @Inject Families families;

  private Family waiting;
  private Family failed;
  private Family lagBytes;
  private Family since;
  private Family walLagBytes;
  private Family walSince;

  @PostConstruct
  void start() {
    waiting = gauge("holdfast_copies_waiting", "Available backups that have no copy there");
    failed = gauge("holdfast_copies_failed", "Copies that failed and are tried again");
    lagBytes =
        gauge("holdfast_copies_lag_bytes", "Backups that are newer than the newest one there");
    since =
        gauge(
            "holdfast_copies_behind_since_timestamp_seconds",
            "When the oldest of these was finished; 0: there is none");
    walLagBytes = gauge("holdfast_copies_wal_lag_bytes", "WAL that is archived and not copied");
    walSince =
        gauge(
            "holdfast_copies_wal_behind_since_timestamp_seconds",
            "When all that was archived had last been copied; 0: it is");
  }

  private Family gauge(String name, String help) {
    return families.gauge(name, help, "cluster", "repository");
  }

  @Override
  public String subject() {
    return "copies";
  }

  @Override
  @Transactional
  public void look() {
    Columns.show(lags.rows(null), 2, waiting, failed, lagBytes, since, walLagBytes, walSince);
  }
}
