package io.holdfast.api.retention;

import io.holdfast.api.cluster.ClusterRetention;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.retention.RetentionPlan.BackupDecision;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Whether what should be gone is gone and what should be there is there, by cluster. Every replica
 * shows the whole catalog: take the maximum over them, not the sum.
 */
@ApplicationScoped
class RetentionMetrics {
  private static final Logger LOG = Logger.getLogger(RetentionMetrics.class);

  @Inject ClusterService clusters;
  @Inject RetentionService retention;
  @Inject RetentionCatalog catalog;
  @Inject MeterRegistry metrics;
  @Inject Clock clock;

  private MultiGauge due;
  private MultiGauge overdue;
  private MultiGauge violated;

  /** Since when something is due, as this replica has seen it. */
  private final Map<String, Instant> dueSince = new HashMap<>();

  private record Standing(String cluster, long due, double overdueSeconds, int violated) {}

  @PostConstruct
  void start() {
    due = gauge("holdfast.retention.due", "Backups that should be gone", null);
    overdue =
        gauge(
            "holdfast.retention.overdue",
            "Nothing was removed although something was due",
            "seconds");
    violated =
        gauge(
            "holdfast.retention.violated",
            "1: fewer full backups can be restored than the policy asks for",
            null);
  }

  private MultiGauge gauge(String name, String description, String unit) {
    return MultiGauge.builder(name).description(description).baseUnit(unit).register(metrics);
  }

  @Scheduled(
      every = "${holdfast.retention.look-interval:5m}",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void tick() {
    try {
      look();
    } catch (RuntimeException e) {
      LOG.debug("retention could not be looked at: the next tick tries again", e);
    }
  }

  void look() {
    List<Standing> standings = new ArrayList<>();
    for (String cluster : QuarkusTransaction.requiringNew().call(clusters::names)) {
      standings.add(QuarkusTransaction.requiringNew().call(() -> standing(cluster)));
    }
    dueSince.keySet().retainAll(standings.stream().map(Standing::cluster).toList());
    show(due, standings, Standing::due);
    show(overdue, standings, Standing::overdueSeconds);
    show(violated, standings, Standing::violated);
  }

  private Standing standing(String cluster) {
    Instant now = clock.instant();
    ClusterRetention policy = clusters.retention(cluster);
    String repository = clusters.repository(cluster);
    RetentionPlan plan = retention.plan(cluster, repository, policy);
    long going = plan.backups().stream().filter(BackupDecision::expires).count();
    Instant removed = catalog.lastExpired(cluster);
    Instant since = dueSince.get(cluster);
    if (going == 0 || since == null || (removed != null && removed.isAfter(since))) {
      dueSince.put(cluster, now);
      since = now;
    }
    return new Standing(
        cluster,
        going,
        going == 0 ? 0 : Duration.between(since, now).toMillis() / 1000.0,
        violated(plan, policy) ? 1 : 0);
  }

  /** Of some kind of which there is a backup at all. */
  private static boolean violated(RetentionPlan plan, ClusterRetention policy) {
    Chains chains = new Chains(plan.backups().stream().map(BackupDecision::backup).toList());
    return chains.newestFirst().stream()
        .map(RetentionFacts.Stored::series)
        .distinct()
        .anyMatch(
            series ->
                chains.newestFirst().stream()
                        .filter(one -> one.series().equals(series) && one.parent() == null)
                        .filter(chains::restorable)
                        .count()
                    < policy.minimumFulls());
  }

  private static void show(
      MultiGauge gauge, List<Standing> standings, Function<Standing, Number> value) {
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    standings.forEach(
        standing ->
            rows.add(
                MultiGauge.Row.of(Tags.of("cluster", standing.cluster()), value.apply(standing))));
    gauge.register(rows, true);
  }
}
