package io.holdfast.api.rate;

import java.time.Duration;
import java.time.Instant;

/**
 * A token bucket: {@code burst} requests at once, then one each {@code interval}. Kept as the one
 * moment at which the bucket would be full again, so it needs no timer. Thread-safe.
 */
final class Allowance {
  private final Duration interval;
  private final Duration reserve;
  private Instant fullAt = Instant.MIN;

  Allowance(int perSecond, int burst) {
    this.interval = Duration.ofSeconds(1).dividedBy(perSecond);
    this.reserve = interval.multipliedBy(burst);
  }

  /**
   * Takes one request.
   *
   * @return zero, or how long to wait when there is none left
   */
  synchronized Duration take(Instant now) {
    Instant begun = fullAt.isBefore(now) ? now : fullAt;
    // A clock that was set back must not lock the caller out for the difference.
    Instant bounded = begun.isAfter(now.plus(reserve)) ? now.plus(reserve) : begun;
    Instant next = bounded.plus(interval);
    if (next.isAfter(now.plus(reserve))) {
      fullAt = bounded;
      return Duration.between(now.plus(reserve), next);
    }
    fullAt = next;
    return Duration.ZERO;
  }
}
