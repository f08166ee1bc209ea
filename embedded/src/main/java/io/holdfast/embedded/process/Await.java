package io.holdfast.embedded.process;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waiting for a condition of another process, with an end. */
public final class Await {
  private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();

  private Await() {}

  /**
   * Asks again and again until the condition holds. The condition is asked at least once.
   *
   * @param what the condition in words, for the message when time runs out
   * @throws IllegalStateException when it did not hold in time; the cause is the last failure of
   *     the condition, if it threw
   */
  public static void until(String what, Duration atMost, Callable<Boolean> condition) {
    long end = System.nanoTime() + atMost.toNanos();
    Exception last = null;
    do {
      try {
        if (condition.call()) {
          return;
        }
        last = null;
      } catch (Exception e) {
        last = e;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("interrupted while waiting until " + what, last);
      }
    } while (System.nanoTime() < end);
    throw new IllegalStateException("not within " + atMost + ": " + what, last);
  }
}
