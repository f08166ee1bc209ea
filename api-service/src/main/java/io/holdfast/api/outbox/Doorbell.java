package io.holdfast.api.outbox;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs one piece of work on an executor, never twice at once. A ring during a run causes one more
 * run, however many rings there were, so nothing that was rung for is missed and nothing piles up.
 * Thread-safe. The work must not throw.
 */
public final class Doorbell {
  private final Executor executor;
  private final Runnable work;
  private final AtomicInteger rings = new AtomicInteger();

  public Doorbell(Executor executor, Runnable work) {
    this.executor = executor;
    this.work = work;
  }

  public void ring() {
    if (rings.getAndIncrement() == 0) {
      executor.execute(this::answer);
    }
  }

  private void answer() {
    int heard;
    do {
      heard = rings.get();
      work.run();
    } while (!rings.compareAndSet(heard, 0));
  }
}
