package io.holdfast.api.rate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AllowanceTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final Allowance allowance = new Allowance(10, 3);

  @Test
  void givesABurstAndThenSaysHowLongToWait() {
    for (int i = 0; i < 3; i++) {
      assertThat(allowance.take(NOW)).isZero();
    }

    assertThat(allowance.take(NOW)).isEqualTo(Duration.ofMillis(100));
    assertThat(allowance.take(NOW.plusMillis(40))).isEqualTo(Duration.ofMillis(60));
  }

  @Test
  void givesOneMoreEachIntervalAndTakesNothingForARefusal() {
    exhaust(NOW);
    assertThat(allowance.take(NOW)).isPositive();

    assertThat(allowance.take(NOW.plusMillis(100))).isZero();
    assertThat(allowance.take(NOW.plusMillis(100))).isPositive();
  }

  @Test
  void savesNoMoreThanTheBurst() {
    Instant later = NOW.plusSeconds(3600);
    exhaust(NOW);
    exhaust(later);

    assertThat(allowance.take(later)).isPositive();
  }

  @Test
  void locksNobodyOutWhenTheClockIsSetBack() {
    exhaust(NOW);

    assertThat(allowance.take(NOW.minusSeconds(3600))).isEqualTo(Duration.ofMillis(100));
    assertThat(allowance.take(NOW.minusSeconds(3599))).isZero();
  }

  private void exhaust(Instant at) {
    for (int i = 0; i < 3; i++) {
      assertThat(allowance.take(at)).isZero();
    }
  }
}
