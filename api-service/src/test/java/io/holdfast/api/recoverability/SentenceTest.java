package io.holdfast.api.recoverability;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.recoverability.Standing.Archive;
import io.holdfast.api.recoverability.Standing.CopyLag;
import io.holdfast.api.recoverability.Standing.Drill;
import io.holdfast.api.recoverability.Standing.LastJobs;
import io.holdfast.api.recoverability.Standing.Point;
import io.holdfast.api.recoverability.Standing.Proof;
import io.holdfast.api.recoverability.Standing.Retained;
import io.holdfast.api.recoverability.Standing.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SentenceTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final LastJobs NO_JOBS = new LastJobs(null, null, null, null, null, null);

  @Test
  void saysToWhichMomentsAnArchivedClusterCanBeBroughtBackAndWhatProvesIt() {
    Standing standing =
        new Standing(
            "orders",
            true,
            Duration.ofMinutes(5),
            new Point("b", "PHYSICAL", NOW.minusSeconds(7000)),
            NOW.minusSeconds(7000),
            new Archive(NOW.minusSeconds(864_000), NOW.minusSeconds(40), NOW, false, false, 0),
            new Proof("CHECKSUM", NOW.minusSeconds(20_000)),
            new Drill(NOW.minusSeconds(10_800), Duration.ofSeconds(95), Duration.ofHours(1)),
            NO_JOBS,
            List.of(new CopyLag("offsite", 0, 0, null, null)),
            new Retained(0, false));

    assertThat(Sentence.of(standing, NOW))
        .isEqualTo(
            "'orders' can be brought back to any moment from 2026-11-11T12:00:00Z to 40 seconds"
                + " ago, within its objective of 5 minutes. A drill recovered it 3 hours ago, in 95"
                + " seconds. Its copies are up to date.");
    assertThat(standing.state(NOW)).isEqualTo(State.GOOD);
  }

  @Test
  void saysByHowMuchAnObjectiveIsBreachedAndWhatElseIsWrong() {
    Standing standing =
        new Standing(
            "reports",
            false,
            Duration.ofHours(26),
            new Point("b", "LOGICAL", NOW.minus(Duration.ofHours(65))),
            NOW.minus(Duration.ofDays(20)),
            null,
            new Proof("STRUCTURE", NOW.minus(Duration.ofDays(3))),
            null,
            new LastJobs(
                NOW.minus(Duration.ofHours(64)), NOW.minusSeconds(60), null, null, null, null),
            List.of(new CopyLag("offsite", 2, 0, NOW.minus(Duration.ofHours(5)), null)),
            new Retained(0, true));

    assertThat(Sentence.of(standing, NOW))
        .isEqualTo(
            "'reports' can be brought back to how it was 3 days ago, 2.5 times its objective of 26"
                + " hours. It was last proven 3 days ago, at level STRUCTURE. The copy in 'offsite'"
                + " is 5 hours behind. The last backup failed. Fewer full backups can be restored"
                + " than its retention asks for.");
    assertThat(standing.state(NOW)).isEqualTo(State.BREACHED);
  }

  @Test
  void saysPlainlyThatNothingCanBeBroughtBack() {
    assertThat(Sentence.of(empty(), NOW))
        .isEqualTo(
            "'new' cannot be brought back: it has no restorable backup. Nothing has proven it"
                + " yet.");
    assertThat(empty().state(NOW)).isEqualTo(State.UNRECOVERABLE);
  }

  @Test
  void ranksWhatCannotBeBroughtBackBeforeWhatIsLateAndWhatIsLateByHowMuch() {
    Rank none = Rank.of(empty(), NOW);
    Rank late = Rank.of(aged("late", Duration.ofHours(40)), NOW);
    Rank later = Rank.of(aged("later", Duration.ofHours(60)), NOW);
    Rank good = Rank.of(aged("a-good-one", Duration.ofHours(1)), NOW);

    assertThat(List.of(good, late, none, later).stream().sorted().toList())
        .containsExactly(none, later, late, good);
    assertThat(Rank.parse(later.text(), NOW)).isEqualTo(later);
  }

  private static Standing empty() {
    return new Standing(
        "new", false, Duration.ofHours(26), null, null, null, null, null, NO_JOBS, List.of(), null);
  }

  private static Standing aged(String name, Duration age) {
    return new Standing(
        name,
        false,
        Duration.ofHours(26),
        new Point("b", "PHYSICAL", NOW.minus(age)),
        NOW.minus(age),
        null,
        null,
        null,
        NO_JOBS,
        List.of(),
        null);
  }
}
