package io.holdfast.api.job;

import java.time.Duration;

/** How long to wait before the next attempt: doubles with each one that failed, up to an hour. */
public final class Backoff {
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final int MOST_DOUBLINGS = 20;

  private Backoff() {}

  /**
   * @param first the wait after the first attempt
   * @param failed the number of the attempt that failed, from 1
   */
  public static Duration after(Duration first, int failed) {
    Duration wait = first.multipliedBy(1L << Math.min(failed - 1, MOST_DOUBLINGS));
    return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
  }
}
