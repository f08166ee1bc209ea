package io.holdfast.api.ledger;

import io.holdfast.api.cluster.ClusterService;
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
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * How archives stand, by cluster. Every replica shows the whole catalog: take the maximum over
 * them, not the sum.
 */
@ApplicationScoped
class ArchiveMetrics {
  private static final Logger LOG = Logger.getLogger(ArchiveMetrics.class);

  @Inject ClusterService clusters;
  @Inject MeterRegistry metrics;
  @Inject Clock clock;

  private MultiGauge lagBytes;
  private MultiGauge lagSeconds;
  private MultiGauge gaps;
  private MultiGauge breached;
  private MultiGauge stalled;
  private MultiGauge slotUsed;
  private MultiGauge age;

  private record Standing(
      String cluster,
      Number lagBytes,
      Number lagSeconds,
      Number gaps,
      Number breached,
      Number stalled,
      Number slotUsed,
      Number ageSeconds) {}

  @PostConstruct
  void start() {
    lagBytes = gauge("holdfast.archive.lag.bytes", "WAL that is written and not archived", "bytes");
    lagSeconds =
        gauge(
            "holdfast.archive.lag.seconds", "What was written since would be lost now", "seconds");
    gaps = gauge("holdfast.archive.gaps", "Open gaps", null);
    breached =
        gauge(
            "holdfast.archive.objective.breached", "1: more than the objective is lost now", null);
    stalled =
        gauge("holdfast.archive.stalled", "1: the archiver or the slot's reader stands", null);
    slotUsed = gauge("holdfast.archive.slot.used", "Of the slot's budget, 1 is all of it", "ratio");
    age = gauge("holdfast.archive.observed.age", "Since a worker last reported", "seconds");
  }

  private MultiGauge gauge(String name, String description, String unit) {
    return MultiGauge.builder(name).description(description).baseUnit(unit).register(metrics);
  }

  @Scheduled(
      every = "5s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void tick() {
    try {
      look();
    } catch (RuntimeException e) {
      LOG.debug("archives could not be looked at: the next tick tries again", e);
    }
  }

  /** What is not archived any more is not shown any more. */
  void look() {
    List<Standing> standings = QuarkusTransaction.requiringNew().call(this::standings);
    show(lagBytes, standings, Standing::lagBytes);
    show(lagSeconds, standings, Standing::lagSeconds);
    show(gaps, standings, Standing::gaps);
    show(breached, standings, Standing::breached);
    show(stalled, standings, Standing::stalled);
    show(slotUsed, standings, Standing::slotUsed);
    show(age, standings, Standing::ageSeconds);
  }

  private static void show(
      MultiGauge gauge, List<Standing> standings, Function<Standing, Number> value) {
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    standings.stream()
        .filter(standing -> Objects.nonNull(value.apply(standing)))
        .forEach(
            standing ->
                rows.add(
                    MultiGauge.Row.of(
                        Tags.of("cluster", standing.cluster()), value.apply(standing))));
    gauge.register(rows, true);
  }

  private List<Standing> standings() {
    Instant now = clock.instant();
    List<Standing> standings = new ArrayList<>();
    for (ClusterService.Declaration cluster : clusters.archived()) {
      ArchiveStateEntity state = ArchiveStateEntity.findById(cluster.spec().name());
      standings.add(state == null ? unseen(cluster, now) : standing(state, cluster, now));
    }
    return standings;
  }

  /** Nobody has looked since it was declared. */
  private static Standing unseen(ClusterService.Declaration cluster, Instant now) {
    double age = Duration.between(cluster.changedAt(), now).toMillis() / 1000.0;
    return new Standing(cluster.spec().name(), null, null, null, null, null, null, age);
  }

  private static Standing standing(
      ArchiveStateEntity state, ClusterService.Declaration cluster, Instant now) {
    return new Standing(
        state.cluster,
        state.lagBytes,
        Alarms.lag(ArchiveLedger.facts(state, cluster, now))
            .map(lag -> lag.toMillis() / 1000.0)
            .orElse(null),
        WalGapEntity.count("cluster = ?1 and closedAt is null", state.cluster),
        state.standing().contains(Condition.BREACHED) ? 1 : 0,
        state.standing().contains(Condition.STALLED) ? 1 : 0,
        state.slotUsed,
        Duration.between(state.observedAt, now).toMillis() / 1000.0);
  }
}
