package io.holdfast.api.metrics;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/**
 * Asks every source in turn. One that fails does not keep the others from being asked, and says so:
 * the moment of its last look stands still.
 */
@ApplicationScoped
class MetricSchedule {
  private static final Logger LOG = Logger.getLogger(MetricSchedule.class);

  @Inject @Any Instance<MetricSource> sources;
  @Inject Families families;
  @Inject EntityManager entities;
  @Inject Clock clock;

  private final Map<String, Instant> looked = new TreeMap<>();
  private Family lastLook;

  @PostConstruct
  void start() {
    lastLook =
        families.gauge(
            "holdfast_metrics_last_look_timestamp_seconds",
            "When the catalog was last looked at for the metrics of a subject",
            "subject");
  }

  @Scheduled(
      every = "${holdfast.metrics.interval:15s}",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void tick() {
    Instant now = clock.instant();
    for (MetricSource source : sources) {
      if (look(source)) {
        looked.put(source.subject(), now);
      } else {
        looked.putIfAbsent(source.subject(), Instant.EPOCH);
      }
    }
    lastLook.show(
        looked.entrySet().stream().map(e -> Series.at(e.getValue(), e.getKey())).toList());
  }

  /** In a transaction of its own, and not for long: one that hangs must not silence the others. */
  private boolean look(MetricSource source) {
    try {
      QuarkusTransaction.requiringNew()
          .run(
              () -> {
                int unused =
                    entities
                        .createNativeQuery("set local statement_timeout = '30s'")
                        .executeUpdate();
                source.look();
              });
      return true;
    } catch (RuntimeException e) {
      LOG.warnf("no metrics of %s this time: %s", source.subject(), e.getMessage());
      LOG.debug("no metrics", e);
      return false;
    }
  }
}
