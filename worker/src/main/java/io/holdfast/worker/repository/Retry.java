package io.holdfast.worker.repository;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.failure.JobStopped;
import io.holdfast.worker.rate.Waiter;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Tries again what failed with REPOSITORY_UNAVAILABLE, a bounded number of times with doubling
 * pauses. Only for what may be done twice.
 *
 * @param attempts at least 1
 * @param firstPause before the second attempt
 */
public record Retry(int attempts, Duration firstPause, Waiter waiter) {
  /** Five attempts over about eight seconds. */
  public static Retry standard(Waiter waiter) {
    return new Retry(5, Duration.ofMillis(500), waiter);
  }

  /** The result of the first attempt that succeeds, or the last failure. */
  public <T> T call(Supplier<T> idempotent) {
    long pause = firstPause.toNanos();
    for (int attempt = 1; ; attempt++) {
      try {
        return idempotent.get();
      } catch (JobFailure e) {
        if (attempt >= attempts || e.code() != ErrorCode.REPOSITORY_UNAVAILABLE) {
          throw e;
        }
      }
      pause(pause);
      pause *= 2;
    }
  }

  /** As {@link #call}, without a result. */
  public void run(Runnable idempotent) {
    Boolean done =
        call(
            () -> {
              idempotent.run();
              return Boolean.TRUE;
            });
    assert done;
  }

  private void pause(long nanos) {
    try {
      waiter.await(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JobStopped("interrupted while waiting for the repository");
    }
  }
}
