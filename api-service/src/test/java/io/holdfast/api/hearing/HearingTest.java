package io.holdfast.api.hearing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HearingTest {
  private static final Duration LEASE = Duration.ofSeconds(30);

  private final Hearing hearing = new Hearing();

  @Test
  void judgesNothingBeforeTheBrokerHasAnsweredForALease() {
    looked(0, 5, 5);
    looked(29, 5, 5);
    assertThat(hearing.judgeableUpTo(LEASE)).isEmpty();

    looked(30, 5, 5);

    assertThat(hearing.judgeableUpTo(LEASE)).contains(second(30));
  }

  @Test
  void judgesOnlyUpToWhereEverythingIsRecorded() {
    looked(0, 5, 5);
    looked(40, 5, 5);
    looked(50, 9, 6);
    looked(60, 9, 8);

    assertThat(hearing.judgeableUpTo(LEASE)).contains(second(40));
  }

  @Test
  void movesOnUnderConstantTrafficWhenTheEndSeenBeforeIsRecorded() {
    looked(0, 5, 5);
    looked(40, 9, 6);
    looked(41, 20, 9);
    assertThat(hearing.judgeableUpTo(LEASE)).contains(second(40));

    looked(42, 30, 20);

    assertThat(hearing.judgeableUpTo(LEASE)).contains(second(41));
  }

  @Test
  void judgesNothingDuringAnOutageNorForALeaseAfterIt() {
    looked(0, 5, 5);
    looked(100, 5, 5);
    hearing.unreachable();
    assertThat(hearing.judgeableUpTo(LEASE)).isEmpty();
    looked(200, 5, 5);
    looked(229, 5, 5);
    assertThat(hearing.judgeableUpTo(LEASE)).isEmpty();

    looked(230, 5, 5);

    assertThat(hearing.judgeableUpTo(LEASE)).contains(second(230));
  }

  @Test
  void doesNotTakeWhatItMissedInAnOutageForHeard() {
    looked(0, 5, 5);
    looked(40, 9, 6);
    hearing.unreachable();
    looked(100, 50, 9);
    looked(140, 50, 9);

    assertThat(hearing.heardUpTo()).contains(second(0));
    assertThat(hearing.judgeableUpTo(LEASE)).isEmpty();
  }

  @Test
  void waitsForEveryPartition() {
    hearing.looked(second(0), new Offsets(Map.of(0, 5L, 1, 5L)), new Offsets(Map.of(0, 5L, 1, 4L)));
    assertThat(hearing.heardUpTo()).isEmpty();

    hearing.looked(second(1), new Offsets(Map.of(0, 5L, 1, 5L)), new Offsets(Map.of(0, 5L, 1, 5L)));

    assertThat(hearing.heardUpTo()).contains(second(1));
  }

  @Test
  void hasHeardAllOfATopicThatDoesNotExist() {
    hearing.looked(second(0), new Offsets(Map.of()), new Offsets(Map.of()));

    assertThat(hearing.heardUpTo()).contains(second(0));
  }

  private void looked(int at, long end, long recorded) {
    hearing.looked(second(at), new Offsets(Map.of(0, end)), new Offsets(Map.of(0, recorded)));
  }

  private static Instant second(int second) {
    return Instant.EPOCH.plusSeconds(second);
  }
}
