package io.holdfast.api.scan;

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
import java.util.ArrayList;
import java.util.List;

/** What the last scan of each repository that ended well found, and when that was. */
@ApplicationScoped
class ScanMetrics implements MetricSource {
  private static final String LAST =
      "select r.name, k.kind, s.finished_at, coalesce(f.count, 0) from repository r cross join"
          + " unnest(array['ADDED', 'MISSING', 'CHANGED', 'UNREADABLE', 'ORPHAN']) k(kind) left"
          + " join (select distinct on (repository) * from repository_scan where state ="
          + " 'SUCCEEDED' order by repository, job_id desc) s on s.repository = r.name left join"
          + " lateral (select count(*) as count from scan_finding where job_id = s.job_id and kind"
          + " = k.kind) f on true";

  @Inject EntityManager entities;
  @Inject Families families;

  private Family findings;
  private Family last;

  @PostConstruct
  void start() {
    findings =
        families.gauge(
            "holdfast_scan_findings",
            "What the last scan that ended well found",
            "repository",
            "kind");
    last =
        families.gauge(
            "holdfast_scan_last_success_timestamp_seconds",
            "When a scan last ended well; 0: never",
            "repository");
  }

  @Override
  public String subject() {
    return "scans";
  }

  @Override
  @Transactional
  @SuppressWarnings("unchecked")
  public void look() {
    List<Object[]> rows = entities.createNativeQuery(LAST).getResultList();
    List<Series> counts = new ArrayList<>();
    List<Series> times = new ArrayList<>();
    for (Object[] row : rows) {
      String repository = (String) row[0];
      counts.add(Series.of((Number) row[3], repository, (String) row[1]));
      if ("MISSING".equals(row[1])) {
        times.add(Series.at((Instant) row[2], repository));
      }
    }
    findings.show(counts);
    last.show(times);
  }
}
