package io.holdfast.api.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimetableTest {
  private static final String BERLIN = "Europe/Berlin";
  private static final String LORD_HOWE = "Australia/Lord_Howe";

  @Test
  void comesDueByTheClockOfTheZone() {
    assertThat(after("30 2 * * *", BERLIN, "2026-01-10T00:00:00Z", 2))
        .containsExactly("2026-01-10T01:30:00Z", "2026-01-11T01:30:00Z");
    assertThat(after("30 2 * * *", BERLIN, "2026-07-10T00:00:00Z", 2))
        .containsExactly("2026-07-10T00:30:00Z", "2026-07-11T00:30:00Z");
  }

  @Test
  void isDueAfterTheMomentAndNeverAtIt() {
    assertThat(after("0 2 * * *", "UTC", "2026-01-10T02:00:00Z", 1))
        .containsExactly("2026-01-11T02:00:00Z");
    assertThat(after("0 2 * * *", "UTC", "2026-01-10T01:59:59.999Z", 1))
        .containsExactly("2026-01-10T02:00:00Z");
    assertThat(after("0 2 * * *", "UTC", "2026-01-10T02:00:00.001Z", 1))
        .containsExactly("2026-01-11T02:00:00Z");
  }

  @Test
  void runsAtTheMomentOfTheChangeWhatTheSpringLeavesOut() {
    // 2:00 becomes 3:00 at 01:00 UTC on 29 March.
    assertThat(after("30 2 * * *", BERLIN, "2026-03-28T00:00:00Z", 3))
        .containsExactly("2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
  }

  @Test
  void runsOnceWhatTheSpringLeavesOutSeveralTimes() {
    assertThat(after("*/15 2 * * *", BERLIN, "2026-03-28T12:00:00Z", 2))
        .containsExactly("2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z");
  }

  @Test
  void runsOnceWhatComesTwiceInAutumn() {
    // 3:00 becomes 2:00 at 01:00 UTC on 25 October.
    assertThat(after("30 2 * * *", BERLIN, "2026-10-24T12:00:00Z", 2))
        .containsExactly("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
    assertThat(after("30 2 * * *", BERLIN, "2026-10-25T01:10:00Z", 1))
        .as("asked when clocks show 2:10 for the second time")
        .containsExactly("2026-10-26T01:30:00Z");
  }

  @Test
  void leavesNoHourOutWhenItIsMeantForEvery() {
    assertThat(after("0 * * * *", BERLIN, "2026-10-24T23:30:00Z", 4))
        .containsExactly(
            "2026-10-25T00:00:00Z",
            "2026-10-25T01:00:00Z",
            "2026-10-25T02:00:00Z",
            "2026-10-25T03:00:00Z");
    assertThat(after("0 * * * *", BERLIN, "2026-03-28T23:30:00Z", 3))
        .containsExactly("2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z");
  }

  @Test
  void knowsZonesThatChangeByHalfAnHour() {
    // Lord Howe: 2:00 becomes 2:30 at 15:30 UTC on 3 October, 2:00 becomes 1:30 at 15:00 UTC on 4
    // April.
    assertThat(after("15 2 * * *", LORD_HOWE, "2026-10-02T20:00:00Z", 2))
        .containsExactly("2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z");
    assertThat(after("45 1 * * *", LORD_HOWE, "2026-04-03T20:00:00Z", 2))
        .containsExactly("2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z");
    assertThat(after("45 * * * *", LORD_HOWE, "2026-04-04T14:00:00Z", 3))
        .as("every hour: 1:45, 1:45 again half an hour later, 2:45")
        .containsExactly("2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z", "2026-04-04T16:15:00Z");
  }

  @Test
  void takesEitherDayWhenBothAreGiven() {
    assertThat(after("0 0 13 * 5", "UTC", "2026-04-01T12:00:00Z", 3))
        .containsExactly("2026-04-03T00:00:00Z", "2026-04-10T00:00:00Z", "2026-04-13T00:00:00Z");
  }

  @Test
  void findsALeapDayAndNeverTheThirtyFirstOfFebruary() {
    assertThat(after("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", 1))
        .containsExactly("2028-02-29T00:00:00Z");
    assertThat(after("0 0 31 2 *", "UTC", "2026-01-01T00:00:00Z", 1)).isEmpty();
  }

  @Test
  void refusesWhatIsNotFiveFields() {
    for (String wrong :
        List.of("", "* * * *", "0 0 0 * * *", "61 * * * *", "@daily", "0 0 L * *")) {
      assertThatThrownBy(() -> Timetable.of(wrong, ZoneId.of("UTC")))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static List<String> after(String cron, String zone, String moment, int count) {
    Timetable timetable = Timetable.of(cron, ZoneId.of(zone));
    List<String> found = new ArrayList<>();
    Instant last = Instant.parse(moment);
    while (found.size() < count && timetable.after(last).isPresent()) {
      last = timetable.after(last).get();
      found.add(last.toString());
    }
    return found;
  }
}
