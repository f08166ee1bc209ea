package io.holdfast.api.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final Duration FIRST = Duration.ofSeconds(10);

  @Test
  void doublesWithEachFailedAttempt() {
    assertThat(Backoff.after(FIRST, 1)).isEqualTo(Duration.ofSeconds(10));
    assertThat(Backoff.after(FIRST, 2)).isEqualTo(Duration.ofSeconds(20));
    assertThat(Backoff.after(FIRST, 3)).isEqualTo(Duration.ofSeconds(40));
  }

  @Test
  void neverWaitsLongerThanAnHour() {
    assertThat(Backoff.after(FIRST, 10)).isEqualTo(Duration.ofHours(1));
    assertThat(Backoff.after(FIRST, 100)).isEqualTo(Duration.ofHours(1));
  }
}
