package io.holdfast.api.cluster;

import io.holdfast.api.metrics.Columns;
import io.holdfast.api.metrics.Families;
import io.holdfast.api.metrics.Family;
import io.holdfast.api.metrics.MetricSource;
import io.holdfast.model.cluster.StandbyPolicy;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.List;

/** How far standbys are behind, as workers last saw them, and how far they may be. */
@ApplicationScoped
class ReplicationMetrics implements MetricSource {
  private static final String STANDBYS =
      "select t.cluster, n ->> 'node', cast(n ->> 'lagBytes' as bigint), coalesce(cast(n ->>"
          + " 'lagSeconds' as double precision), 0) from topology t cross join"
          + " jsonb_array_elements(t.nodes) n where n ->> 'role' = 'STANDBY' and n ->> 'lagBytes'"
          + " is not null";

  private static final String LIMITS =
      "select name, coalesce(cast(spec -> 'standbyPolicy' ->> 'maxLagBytes' as bigint), "
          + StandbyPolicy.DEFAULT_MAX_LAG_BYTES
          + ") from cluster";

  @Inject EntityManager entities;
  @Inject Families families;

  private Family bytes;
  private Family seconds;
  private Family limit;

  @PostConstruct
  void start() {
    bytes =
        families.gauge(
            "holdfast_replication_lag_bytes", "WAL that a standby is behind", "cluster", "node");
    seconds =
        families.gauge(
            "holdfast_replication_lag_seconds",
            "Age of what a standby last replayed while it is behind; 0: it is not",
            "cluster",
            "node");
    limit =
        families.gauge(
            "holdfast_replication_lag_limit_bytes",
            "A standby that is further behind is not read from",
            "cluster");
  }

  @Override
  public String subject() {
    return "replication";
  }

  @Override
  @Transactional
  @SuppressWarnings("unchecked")
  public void look() {
    List<Object[]> standbys = entities.createNativeQuery(STANDBYS).getResultList();
    List<Object[]> limits = entities.createNativeQuery(LIMITS).getResultList();
    Columns.show(standbys, 2, bytes, seconds);
    Columns.show(limits, 1, limit);
  }
}
