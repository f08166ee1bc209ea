package io.holdfast.worker.rate;

import io.holdfast.worker.failure.JobStopped;
import io.holdfast.worker.progress.Progress;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * At most so many plain bytes per second over all transfers that share it: a token bucket that
 * holds a quarter of a second. A chunk larger than the bucket is let through and paid off after.
 * Thread-safe.
 */
public final class RateLimit {
  private static final long NANOS = 1_000_000_000L;

  /** A stop is noticed within this time even while waiting. */
  private static final long SLICE_NANOS = Duration.ofMillis(100).toNanos();

  private final long bytesPerSecond;
  private final LongSupplier nanoClock;
  private final Waiter waiter;
  private double available;
  private long refilledAt;

  /**
   * @param bytesPerSecond 0 means no limit
   */
  public RateLimit(long bytesPerSecond, LongSupplier nanoClock, Waiter waiter) {
    if (bytesPerSecond < 0) {
      throw new IllegalArgumentException("a rate limit must not be negative");
    }
    this.bytesPerSecond = bytesPerSecond;
    this.nanoClock = nanoClock;
    this.waiter = waiter;
    this.refilledAt = nanoClock.getAsLong();
  }

  /** On the system's clock; null or 0 means no limit. */
  public static RateLimit of(Long bytesPerSecond) {
    return new RateLimit(
        bytesPerSecond == null ? 0 : bytesPerSecond, System::nanoTime, Waiter.real());
  }

  public static RateLimit none() {
    return of(0L);
  }

  /**
   * Takes the right to pass {@code bytes}, waiting as long as it needs.
   *
   * @throws JobStopped when the job is told to stop, or the thread is interrupted, while waiting
   */
  public void acquire(long bytes, Progress progress) {
    if (bytesPerSecond == 0) {
      return;
    }
    long owed = take(bytes);
    while (owed > 0) {
      long slice = Math.min(owed, SLICE_NANOS);
      try {
        waiter.await(slice);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new JobStopped("interrupted while keeping to the rate limit");
      }
      progress.advanced(0);
      owed -= slice;
    }
  }

  /** Nanoseconds until what was taken is paid off. */
  private synchronized long take(long bytes) {
    long now = nanoClock.getAsLong();
    double earned = (double) (now - refilledAt) * bytesPerSecond / NANOS;
    available = Math.min(bytesPerSecond / 4.0, available + earned) - bytes;
    refilledAt = now;
    return available >= 0 ? 0 : (long) Math.ceil(-available * NANOS / bytesPerSecond);
  }
}
