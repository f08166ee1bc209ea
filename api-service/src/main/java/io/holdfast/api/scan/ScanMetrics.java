package io.holdfast.api.scan;

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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * What the last scan of each repository that ended well found, and how long ago that was. Every
 * replica shows the whole catalog: take the maximum over them, not the sum.
 */
@ApplicationScoped
class ScanMetrics {
  private static final Logger LOG = Logger.getLogger(ScanMetrics.class);
  private static final List<String> KINDS =
      List.of("ADDED", "MISSING", "CHANGED", "UNREADABLE", "ORPHAN");

  @Inject ScanService scans;
  @Inject EntityManager entities;
  @Inject MeterRegistry metrics;
  @Inject Clock clock;

  private MultiGauge findings;
  private MultiGauge age;

  @PostConstruct
  void start() {
    findings =
        MultiGauge.builder("holdfast.scan.findings")
            .description("Of the last scan, by kind")
            .register(metrics);
    age =
        MultiGauge.builder("holdfast.scan.age")
            .description("Since the last scan that ended well")
            .baseUnit("seconds")
            .register(metrics);
  }

  @Scheduled(
      every = "15s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void tick() {
    try {
      QuarkusTransaction.requiringNew().run(this::look);
    } catch (RuntimeException e) {
      LOG.debug("scans could not be looked at: the next tick tries again", e);
    }
  }

  private void look() {
    List<ScanEntity> last =
        entities
            .createNativeQuery(
                "select distinct on (repository) * from repository_scan where state = 'SUCCEEDED'"
                    + " order by repository, job_id desc",
                ScanEntity.class)
            .getResultList();
    Instant now = clock.instant();
    List<MultiGauge.Row<?>> found = new ArrayList<>();
    List<MultiGauge.Row<?>> ages = new ArrayList<>();
    for (ScanEntity scan : last) {
      var counts = scans.counts(scan.jobId);
      for (String kind : KINDS) {
        found.add(
            MultiGauge.Row.of(
                Tags.of("repository", scan.repository, "kind", kind),
                counts.getOrDefault(kind, 0L)));
      }
      ages.add(
          MultiGauge.Row.of(
              Tags.of("repository", scan.repository),
              Duration.between(scan.finishedAt, now).toMillis() / 1000.0));
    }
    findings.register(found, true);
    age.register(ages, true);
  }
}
