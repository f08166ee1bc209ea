package io.holdfast.worker.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.worker.failure.JobStopped;
import io.holdfast.worker.progress.Progress;
import java.io.Closeable;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private final AtomicLong nanos = new AtomicLong();
  private final RateLimit limit = new RateLimit(1_000_000, nanos::get, nanos::addAndGet);

  @Test
  void keepsToItsRateOverTime() {
    for (int i = 0; i < 1_000; i++) {
      limit.acquire(64_000, Progress.silent());
    }
    assertThat(Duration.ofNanos(nanos.get()))
        .isBetween(Duration.ofMillis(63_500), Duration.ofMillis(64_500));
  }

  @Test
  void letsAnUnlimitedTransferPass() {
    new RateLimit(0, nanos::get, nanos::addAndGet).acquire(Long.MAX_VALUE, Progress.silent());
    assertThat(nanos.get()).isZero();
  }

  @Test
  void endsItsWaitWhenTheJobIsStopped() {
    assertThatThrownBy(() -> limit.acquire(100_000_000, new StoppedAfter(3)))
        .isInstanceOf(JobStopped.class);
    assertThat(Duration.ofNanos(nanos.get())).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void endsItsWaitWhenTheThreadIsInterrupted() {
    RateLimit real = new RateLimit(1, System::nanoTime, Waiter.real());
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> real.acquire(1_000_000, Progress.silent()))
        .isInstanceOf(JobStopped.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  private static final class StoppedAfter implements Progress {
    private int calls;

    StoppedAfter(int calls) {
      this.calls = calls;
    }

    @Override
    public void phase(String name, Long bytesTotal) {}

    @Override
    public void advanced(long plainBytes) {
      if (--calls == 0) {
        throw new JobStopped("cancelled");
      }
    }

    @Override
    public void note(String code, String message) {}

    @Override
    public Registration closeOnStop(Closeable resource) {
      return () -> {};
    }
  }
}
