package io.holdfast.worker.rate;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How code lets time pass; injected, so that tests move a clock instead. */
@FunctionalInterface
public interface Waiter {
  void await(long nanos) throws InterruptedException;

  /** Real time. */
  static Waiter real() {
    return nanos -> {
      CountDownLatch never = new CountDownLatch(1);
      if (never.await(nanos, TimeUnit.NANOSECONDS)) {
        throw new IllegalStateException("nobody counts this down");
      }
    };
  }
}
