package io.holdfast.api.verification;

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

/** When backups were last proven, by level. What was found suspect since proves nothing. */
@ApplicationScoped
class VerificationMetrics implements MetricSource {
  private static final String LAST =
      "select c.name, l.level, b.verified_at from cluster c cross join unnest(array['CHECKSUM',"
          + " 'STRUCTURE', 'RESTORE']) l(level) left join lateral (select verified_at from backup"
          + " where cluster = c.name and verified_level = l.level and verified_at is not null and"
          + " state <> 'SUSPECT' order by verified_at desc limit 1) b on true";

  @Inject EntityManager entities;
  @Inject Families families;

  private Family last;

  @PostConstruct
  void start() {
    last =
        families.gauge(
            "holdfast_verification_last_success_timestamp_seconds",
            "When a backup was last proven at this level; 0: never",
            "cluster",
            "level");
  }

  @Override
  public String subject() {
    return "verifications";
  }

  @Override
  @Transactional
  @SuppressWarnings("unchecked")
  public void look() {
    List<Object[]> rows = entities.createNativeQuery(LAST).getResultList();
    Columns.show(rows, 2, last);
  }
}
