package io.holdfast.worker.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LeaseTest {
  private final AtomicLong nanos = new AtomicLong();
  private Instant wall = Instant.EPOCH;
  private final Clock clock =
      new Clock() {
        @Override
        public ZoneOffset getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return wall;
        }
      };
  private final Lease lease = new Lease(Duration.ofSeconds(30), clock, nanos::get);

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
    wall = wall.plus(time);
  }

  @Test
  void isHeldWhileEventsAreTaken() {
    for (int i = 0; i < 10; i++) {
      pass(Duration.ofSeconds(20));
      lease.renewed(lease.now());
    }

    assertThat(lease.held()).isTrue();
  }

  @Test
  void countsFromWhenTheEventWasSent() {
    Lease.Moment sentAt = lease.now();
    pass(Duration.ofSeconds(20));
    lease.renewed(sentAt);
    pass(Duration.ofSeconds(11));

    assertThat(lease.held()).isFalse();
  }

  @Test
  void staysLostAfterASuspensionEvenWhenTheBrokerTakesEventsAgain() {
    pass(Duration.ofSeconds(31));

    lease.renewed(lease.now());

    assertThat(lease.held()).isFalse();
  }

  @Test
  void isLostWhenOnlyTheWallClockSawTheHostSleep() {
    wall = wall.plusSeconds(31);

    assertThat(lease.held()).isFalse();
  }

  @Test
  void isLostWhenOnlyTheMonotonicClockSawTheTimePass() {
    nanos.addAndGet(Duration.ofSeconds(31).toNanos());

    assertThat(lease.held()).isFalse();
  }
}
