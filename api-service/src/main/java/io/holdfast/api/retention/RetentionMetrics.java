package io.holdfast.api.retention;

import io.holdfast.api.cluster.ClusterKeeping;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.metrics.Families;
import io.holdfast.api.metrics.Family;
import io.holdfast.api.metrics.MetricSource;
import io.holdfast.api.metrics.Series;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Whether what should be gone is gone and what should be there is there, by cluster. */
@ApplicationScoped
public class RetentionMetrics implements MetricSource {
  private static final Logger LOG = Logger.getLogger(RetentionMetrics.class);

  /** Clusters of which plans are made in one transaction. */
  private static final int AT_ONCE = 200;

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

  private volatile Map<String, Standing> planned = Map.of();

  /**
   * @param since since when something is due; null: nothing is
   */
  private record Standing(RetentionStanding standing, Instant since) {
    static final Standing YOUNG = new Standing(new RetentionStanding(0, false), null);
  }

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
      plan();
    } catch (RuntimeException e) {
      LOG.warnf("retention was not planned this time: %s", e.getMessage());
    }
  }

  /** A plan for each cluster takes its time: it has a schedule of its own. */
  synchronized void plan() {
    Map<String, Standing> standings = new HashMap<>();
    List<ClusterKeeping> page = QuarkusTransaction.requiringNew().call(() -> plan("", standings));
    while (!page.isEmpty()) {
      String last = page.getLast().cluster();
      page = QuarkusTransaction.requiringNew().call(() -> plan(last, standings));
    }
    since.keySet().retainAll(standings.keySet());
    planned = Map.copyOf(standings);
  }

  /** The next clusters by name; none when there are no more. */
  private List<ClusterKeeping> plan(String after, Map<String, Standing> standings) {
    List<ClusterKeeping> page = clusters.keepings(after, Optional.empty(), AT_ONCE);
    Map<String, RetentionStanding> now = retention.standings(page);
    Map<String, Instant> removed = catalog.lastExpired(now.keySet());
    now.forEach(
        (cluster, standing) ->
            standings.put(cluster, standing(cluster, standing, removed.get(cluster))));
    return page;
  }

  @Override
  public String subject() {
    return "retention";
  }

  /** What was planned last; of a cluster that is younger than that, nothing is due. */
  @Override
  @Transactional
  public void look() {
    List<String> names = clusters.names();
    due.show(names.stream().map(name -> Series.of(of(name).standing().due(), name)).toList());
    dueSince.show(names.stream().map(name -> Series.at(of(name).since(), name)).toList());
    violated.show(
        names.stream().map(name -> Series.of(of(name).standing().violated(), name)).toList());
  }

  private Standing of(String cluster) {
    return planned.getOrDefault(cluster, Standing.YOUNG);
  }

  /**
   * @param removed when something was removed last; null: never
   */
  private Standing standing(String cluster, RetentionStanding standing, Instant removed) {
    Instant before = since.get(cluster);
    if (standing.due() == 0 || before == null || (removed != null && removed.isAfter(before))) {
      since.put(cluster, clock.instant());
    }
    return new Standing(standing, standing.due() == 0 ? null : since.get(cluster));
  }

  /** As planned last; empty when the cluster was not declared then. */
  public Optional<RetentionStanding> latest(String cluster) {
    return Optional.ofNullable(planned.get(cluster)).map(Standing::standing);
  }
}
