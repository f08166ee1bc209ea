package io.holdfast.api.ledger;

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

/** How archives stand, by cluster; of those that are archived. */
@ApplicationScoped
class ArchiveMetrics implements MetricSource {
  private static final String ALL =
      "select c.name, coalesce(s.lag_bytes, 0), case when s.lag_bytes = 0 then s.observed_at else"
          + " s.safe_until end, (select count(*) from wal_gap g where g.cluster = c.name and"
          + " g.closed_at is null), coalesce(s.conditions @> '[\"BREACHED\"]', false),"
          + " coalesce(s.conditions @> '[\"STALLED\"]', false), coalesce(s.slot_used, 0),"
          + " s.observed_at from cluster c left join archive_state s on s.cluster = c.name where"
          + " c.archive is not null";

  private static final String REFUSED =
      "select c.name, k.code, (select count(*) from cluster_event e where e.cluster = c.name and"
          + " e.type = 'WAL_REFUSED' and e.code = k.code) from cluster c cross join"
          + " unnest(array['SPLIT_BRAIN', 'FOREIGN_CLUSTER', 'FOREIGN_TIMELINE', 'WAL_MALFORMED'])"
          + " k(code) where c.archive is not null";

  @Inject EntityManager entities;
  @Inject Families families;

  private Family lagBytes;
  private Family safeUntil;
  private Family gaps;
  private Family breached;
  private Family stalled;
  private Family slotUsed;
  private Family observed;
  private Family refused;

  @PostConstruct
  void start() {
    lagBytes = gauge("holdfast_archive_lag_bytes", "WAL that is written and not archived");
    safeUntil =
        gauge(
            "holdfast_archive_safe_until_timestamp_seconds",
            "Every commit before it is archived; 0: nobody knows");
    gaps = gauge("holdfast_archive_gaps", "Open gaps");
    breached =
        gauge(
            "holdfast_archive_objective_breached", "1 while more than the objective would be lost");
    stalled =
        gauge("holdfast_archive_stalled", "1 while the archiver or the reader of the slot stands");
    slotUsed = gauge("holdfast_archive_slot_used_ratio", "Of the slot's budget, 1 is all of it");
    observed =
        gauge(
            "holdfast_archive_observed_timestamp_seconds",
            "When a worker last reported on it; 0: never");
    refused =
        families.counter(
            "holdfast_archive_refused_total",
            "Files that a worker would not archive",
            "cluster",
            "code");
  }

  private Family gauge(String name, String help) {
    return families.gauge(name, help, "cluster");
  }

  @Override
  public String subject() {
    return "archives";
  }

  @Override
  @Transactional
  public void look() {
    Columns.show(rows(ALL), 1, lagBytes, safeUntil, gaps, breached, stalled, slotUsed, observed);
    Columns.show(rows(REFUSED), 2, refused);
  }

  @SuppressWarnings("unchecked")
  private List<Object[]> rows(String sql) {
    return entities.createNativeQuery(sql).getResultList();
  }
}
