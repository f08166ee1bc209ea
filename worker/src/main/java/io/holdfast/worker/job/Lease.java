package io.holdfast.worker.job;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * The right of an attempt to change anything, as the worker itself sees it. Renewed by events that
 * the broker took; it runs from the moment such an event was <em>sent</em>, because the control
 * plane counts from when it reads the event, which is later. Both clocks must agree: the monotonic
 * one survives a change of the wall clock, the wall clock counts a suspended machine.
 *
 * <p>Once lost it stays lost: a worker that woke up after its lease could otherwise renew it and go
 * on beside its successor. Thread-safe.
 */
final class Lease {
  private final Duration length;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private Moment renewedAt;
  private boolean lost;

  /** A point on both clocks. */
  record Moment(long nanos, Instant wall) {}

  Lease(Duration length, Clock clock, LongSupplier nanoTime) {
    this.length = length;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.renewedAt = now();
  }

  Duration length() {
    return length;
  }

  Moment now() {
    return new Moment(nanoTime.getAsLong(), clock.instant());
  }

  /** The broker took an event that was sent at {@code sentAt}. */
  synchronized void renewed(Moment sentAt) {
    lost = lost || past(sentAt);
    renewedAt = sentAt;
  }

  synchronized boolean held() {
    lost = lost || past(now());
    return !lost;
  }

  private boolean past(Moment moment) {
    return moment.nanos() - renewedAt.nanos() >= length.toNanos()
        || Duration.between(renewedAt.wall(), moment.wall()).compareTo(length) >= 0;
  }
}
