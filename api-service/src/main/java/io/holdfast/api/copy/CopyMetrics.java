package io.holdfast.api.copy;

import io.holdfast.api.cluster.ClusterCopy;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.copy.ClusterCopiesView.PlaceView;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * How far copies are, by cluster and repository. Every replica shows the whole catalog: take the
 * maximum over them, not the sum.
 */
@ApplicationScoped
class CopyMetrics {
  private static final Logger LOG = Logger.getLogger(CopyMetrics.class);

  @Inject ClusterService clusters;
  @Inject CopyStanding standing;
  @Inject MeterRegistry metrics;

  private MultiGauge waiting;
  private MultiGauge failed;
  private MultiGauge lagBytes;
  private MultiGauge lagSeconds;
  private MultiGauge walBytes;
  private MultiGauge walSeconds;

  private record Standing(String cluster, PlaceView place) {}

  @PostConstruct
  void start() {
    waiting = gauge("holdfast.copies.waiting", "Available backups without a copy", null);
    failed = gauge("holdfast.copies.failed", "Copies that failed and are tried again", null);
    lagBytes = gauge("holdfast.copies.lag.bytes", "Backups newer than the newest copy", "bytes");
    lagSeconds =
        gauge("holdfast.copies.lag.seconds", "Since the oldest of these finished", "seconds");
    walBytes = gauge("holdfast.copies.wal.lag.bytes", "WAL archived and not copied", "bytes");
    walSeconds = gauge("holdfast.copies.wal.lag.seconds", "Since WAL was last copied", "seconds");
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
      LOG.debug("copies could not be looked at: the next tick tries again", e);
    }
  }

  void look() {
    List<Standing> standings = QuarkusTransaction.requiringNew().call(this::standings);
    show(waiting, standings, place -> place.backups().waiting());
    show(failed, standings, place -> place.backups().failed());
    show(lagBytes, standings, place -> place.backups().lagBytes());
    show(lagSeconds, standings, place -> place.backups().lagSeconds());
    show(walBytes, standings, place -> place.wal() == null ? null : place.wal().lagBytes());
    show(walSeconds, standings, place -> place.wal() == null ? null : place.wal().lagSeconds());
  }

  private static void show(
      MultiGauge gauge, List<Standing> standings, Function<PlaceView, Number> value) {
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    for (Standing one : standings) {
      Number number = value.apply(one.place());
      if (number != null) {
        rows.add(
            MultiGauge.Row.of(
                Tags.of("cluster", one.cluster(), "repository", one.place().repository()), number));
      }
    }
    gauge.register(rows, true);
  }

  private List<Standing> standings() {
    List<Standing> standings = new ArrayList<>();
    for (ClusterService.Declaration declared : clusters.copied()) {
      for (ClusterCopy copy : declared.copies()) {
        standings.add(new Standing(declared.spec().name(), standing.place(declared, copy)));
      }
    }
    return standings;
  }
}
