package io.holdfast.api.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.schedule.Settlement.Decision;
import io.holdfast.api.schedule.Settlement.Due;
import io.holdfast.api.schedule.Settlement.Missed;
import io.holdfast.api.schedule.Settlement.Skipped;
import io.holdfast.api.schedule.Settlement.Standing;
import io.holdfast.api.schedule.Settlement.Start;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettlementTest {
  private static final StartWindow NIGHT =
      new StartWindow(LocalTime.of(22, 0), LocalTime.of(6, 0), ZoneId.of("UTC"));

  @Test
  void startsARunWhoseTimeHasCome() {
    assertThat(decide(List.of(due(2)), standing("02:00")))
        .containsExactly("START 2026-01-10T02:00:00Z");
  }

  @Test
  void startsTheNewestForAllThatCouldNotStart() {
    assertThat(decide(List.of(due(2), due(3), due(4)), standing("04:30")))
        .containsExactly(
            "SKIPPED COALESCED 2026-01-10T02:00:00Z",
            "SKIPPED COALESCED 2026-01-10T03:00:00Z",
            "START 2026-01-10T04:00:00Z");
  }

  @Test
  void missesWhatIsPastItsDeadlineAndStartsWhatIsNot() {
    assertThat(decide(List.of(due(0), due(4)), standing("04:30")))
        .containsExactly("MISSED LATE 2026-01-10T00:00:00Z", "START 2026-01-10T04:00:00Z");
    assertThat(decide(List.of(due(0)), standing("04:00")))
        .containsExactly("MISSED LATE 2026-01-10T00:00:00Z");
    assertThat(decide(List.of(due(0)), standing("03:59")))
        .containsExactly("START 2026-01-10T00:00:00Z");
  }

  @Test
  void startsNothingBesideTheJobOfAnEarlierRun() {
    Standing busy = new Standing(false, false, null, "j-1", true, at("03:00"));
    assertThat(decide(List.of(due(2), due(3)), busy))
        .containsExactly(
            "SKIPPED COALESCED 2026-01-10T02:00:00Z", "SKIPPED RUNNING 2026-01-10T03:00:00Z");
  }

  @Test
  void skipsWhatComesDueWhilePausedHoweverLate() {
    Standing paused = new Standing(false, true, null, null, true, at("09:00"));
    assertThat(decide(List.of(due(2)), paused))
        .containsExactly("SKIPPED PAUSED 2026-01-10T02:00:00Z");
  }

  @Test
  void skipsWhatComesDueOutsideTheWindowAndMissesWhatCouldNotStartInside() {
    Standing night = new Standing(false, false, NIGHT, null, true, at("07:00"));
    assertThat(decide(List.of(due(5), due(7)), night))
        .containsExactly(
            "MISSED WINDOW_CLOSED 2026-01-10T05:00:00Z", "SKIPPED WINDOW 2026-01-10T07:00:00Z");
  }

  @Test
  void opensAWindowThatGoesOverMidnightOnBothSides() {
    assertThat(NIGHT.contains(at("22:00"))).isTrue();
    assertThat(NIGHT.contains(at("00:00"))).isTrue();
    assertThat(NIGHT.contains(at("05:59"))).isTrue();
    assertThat(NIGHT.contains(at("06:00"))).isFalse();
    assertThat(NIGHT.contains(at("21:59"))).isFalse();
  }

  @Test
  void leavesARunThatWaitsForAnotherSchedulerAloneUntilItsDeadline() {
    assertThat(decide(List.of(due(2)), external("05:59"))).isEmpty();
    assertThat(decide(List.of(due(2)), external("06:00")))
        .containsExactly("MISSED NOT_ASKED 2026-01-10T02:00:00Z");
  }

  @Test
  void saysWhyItWasRefusedWhenThatIsWhyItWasMissed() {
    List<Decision> decisions =
        Settlement.decide(
            List.of(new Due(times(2), "no-backup: Cluster 'orders' has no available backup.")),
            standing("06:00"));

    assertThat(decisions)
        .containsExactly(
            new Missed(
                decisions.getFirst().due(),
                "REFUSED",
                "It was refused until 2026-01-10T06:00:00Z: no-backup: Cluster 'orders' has no"
                    + " available backup."));
  }

  @Test
  void startsNothingWhileItIsNotKnownWhatElseIsDue() {
    Standing catchingUp = new Standing(false, false, null, null, false, at("02:30"));
    assertThat(decide(List.of(due(1), due(2)), catchingUp))
        .containsExactly(
            "SKIPPED COALESCED 2026-01-10T01:00:00Z", "SKIPPED COALESCED 2026-01-10T02:00:00Z");
  }

  private static List<String> decide(List<Due> open, Standing standing) {
    return Settlement.decide(open, standing).stream().map(SettlementTest::text).toList();
  }

  private static String text(Decision decision) {
    return switch (decision) {
      case Start start -> "START " + start.due().times().dueAt();
      case Missed missed -> "MISSED " + missed.code() + " " + missed.due().times().dueAt();
      case Skipped skipped -> "SKIPPED " + skipped.code() + " " + skipped.due().times().dueAt();
    };
  }

  private static Standing standing(String time) {
    return new Standing(false, false, null, null, true, at(time));
  }

  private static Standing external(String time) {
    return new Standing(true, false, null, null, true, at(time));
  }

  private static Due due(int hour) {
    return new Due(times(hour), null);
  }

  private static Rhythm.Times times(int hour) {
    Instant due = at(String.format("%02d:00", hour));
    return new Rhythm.Times(due, due, due.plus(Duration.ofHours(4)));
  }

  private static Instant at(String time) {
    return Instant.parse("2026-01-10T" + time + ":00Z");
  }
}
