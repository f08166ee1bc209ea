package io.holdfast.worker.node;

import java.time.Duration;

/** Lets time pass; tests move a clock instead. */
@FunctionalInterface
public interface Waiter {
  /** Returns after about that long, or throws when the job is to stop. */
  void await(Duration time);
}
