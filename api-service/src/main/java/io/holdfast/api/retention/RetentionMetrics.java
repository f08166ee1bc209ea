package io.holdfast.api.retention;

import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.metrics.Families;
import io.holdfast.api.metrics.Family;
import io.holdfast.api.metrics.Series;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Whether what should be gone is gone and what should be there is there, by cluster. */
@ApplicationScoped
public class RetentionMetrics {
  private static final Logger LOG = Logger.getLogger(RetentionMetrics.class);

  @Inject ClusterService clusters;
  @Inject RetentionService retention;
  @Inject RetentionCatalog catalog;
  @Inject Families families;
  @Inject Clock clock;

  private Family due;
  private Family dueSince;
  private Family violated;

  /** Since when something is due, as this replica has seen it. */
  private final Map<String, Instant> since = new HashMap<>();

  private volatile Map<String, RetentionStanding> latest = Map.of();

  private record Standing(String cluster, RetentionStanding standing, Instant since) {}

  @PostConstruct
  void start() {
    due = families.gauge("holdfast_retention_due", "Backups that should be gone", "cluster");
    dueSince =
        families.gauge(
            "holdfast_retention_due_since_timestamp_seconds",
            "Since when nothing has been removed although something is due; 0: nothing is",
            "cluster");
    violated =
        families.gauge(
            "holdfast_retention_violated",
            "1 while fewer full backups can be restored than the policy asks for",
            "cluster");
  }

  // Not at once: a look that is skipped while the service starts would be made minutes later.
  @Scheduled(
      every = "${holdfast.retention.look-interval:5m}",
      delayed = "3s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void tick() {
    try {
      look();
    } catch (RuntimeException e) {
      LOG.warnf("no metrics of retention this time: %s", e.getMessage());
    }
  }

  /**
   * A plan for each cluster takes its time: it has a schedule of its own, and a scrape waits not.
   */
  synchronized void look() {
    List<Standing> standings = new ArrayList<>();
    for (String cluster : QuarkusTransaction.requiringNew().call(clusters::names)) {
      standings.add(QuarkusTransaction.requiringNew().call(() -> standing(cluster)));
    }
    since.keySet().retainAll(standings.stream().map(Standing::cluster).toList());
    due.show(
        standings.stream().map(one -> Series.of(one.standing().due(), one.cluster())).toList());
    dueSince.show(standings.stream().map(one -> Series.at(one.since(), one.cluster())).toList());
    violated.show(
        standings.stream()
            .map(one -> Series.of(one.standing().violated(), one.cluster()))
            .toList());
    latest =
        standings.stream()
            .collect(Collectors.toUnmodifiableMap(Standing::cluster, Standing::standing));
  }

  private Standing standing(String cluster) {
    RetentionStanding standing = retention.standing(cluster);
    Instant removed = catalog.lastExpired(cluster);
    Instant before = since.get(cluster);
    if (standing.due() == 0 || before == null || (removed != null && removed.isAfter(before))) {
      since.put(cluster, clock.instant());
    }
    return new Standing(cluster, standing, standing.due() == 0 ? null : since.get(cluster));
  }

  /** Of the last look; empty when the cluster was not declared then. */
  public Optional<RetentionStanding> latest(String cluster) {
    return Optional.ofNullable(latest.get(cluster));
  }
}
