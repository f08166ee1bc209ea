package io.holdfast.api.recoverability;

import io.holdfast.api.metrics.Families;
import io.holdfast.api.metrics.Family;
import io.holdfast.api.metrics.MetricSource;
import io.holdfast.api.metrics.Series;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * How every cluster stood when the catalog was last looked at. Kept between looks: whoever asks for
 * the fleet waits for no question to the catalog.
 */
@ApplicationScoped
class FleetStandings implements MetricSource {
  private static final Duration FRESH = Duration.ofMinutes(1);

  @Inject StandingCatalog catalog;
  @Inject Families families;
  @Inject Clock clock;

  private Family recoverable;
  private Family objective;
  private Family point;
  private Family windowStart;
  private Family windowEnd;
  private volatile Fleet latest = new Fleet(Instant.MIN, List.of());

  /** By name. */
  record Fleet(Instant lookedAt, List<Standing> standings) {}

  @PostConstruct
  void start() {
    recoverable = gauge("holdfast_recoverable", "1 while there is a moment that can be reached");
    objective = gauge("holdfast_recovery_point_objective_seconds", "How much may be lost");
    point =
        gauge(
            "holdfast_recovery_point_timestamp_seconds",
            "The newest moment that can be reached: what was written later would be lost; 0: none");
    windowStart =
        gauge(
            "holdfast_recovery_window_start_timestamp_seconds",
            "Begin of the newest window without a gap, or of the oldest backup; 0: none");
    windowEnd =
        gauge(
            "holdfast_recovery_window_end_timestamp_seconds",
            "End of what is archived without a gap behind a backup; 0: nothing is archived");
  }

  private Family gauge(String name, String help) {
    return families.gauge(name, help, "cluster");
  }

  @Override
  public String subject() {
    return "recoverability";
  }

  @Override
  public void look() {
    Instant now = clock.instant();
    List<Standing> standings = catalog.look(null);
    latest = new Fleet(now, standings);
    recoverable.show(
        standings.stream().map(s -> Series.of(s.restorableUntil() != null, s.cluster())).toList());
    objective.show(
        standings.stream().map(s -> Series.lasting(s.objective(), s.cluster())).toList());
    point.show(standings.stream().map(s -> Series.at(s.restorableUntil(), s.cluster())).toList());
    windowStart.show(
        standings.stream().map(s -> Series.at(s.restorableFrom(), s.cluster())).toList());
    windowEnd.show(
        standings.stream()
            .map(s -> Series.at(s.archive() == null ? null : s.archive().until(), s.cluster()))
            .toList());
  }

  /** A minute old at the most. */
  Fleet latest() {
    if (latest.lookedAt().isBefore(clock.instant().minus(FRESH))) {
      return new Fleet(clock.instant(), catalog.look(null));
    }
    return latest;
  }
}
