package io.holdfast.api.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.model.Lsn;
import io.holdfast.model.wal.ArchiveObservation;
import io.holdfast.model.wal.ArchiveObservation.Primary;
import io.holdfast.model.wal.ArchiveObservation.Slot;
import io.holdfast.model.wal.ArchiveSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlarmsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");
  private static final ArchiveSpec PUSH =
      new ArchiveSpec(ArchiveSpec.Mode.PUSH, 3, Duration.ofMinutes(1), null, false);
  private static final ArchiveSpec STREAM =
      new ArchiveSpec(ArchiveSpec.Mode.STREAM, 3, Duration.ofMinutes(1), null, false);

  @Test
  void findsNothingWrongWithAnArchiveThatKeepsUp() {
    assertThat(judged(PUSH, primary(false, 1.0), null, 0L, null)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"true, 0", "false, 31"})
  void callsAFailingArchiverOrALongWaitStalled(boolean failing, double waiting) {
    assertThat(judged(PUSH, primary(failing, waiting), null, 0L, null))
        .containsExactly(Condition.STALLED);
  }

  @Test
  void leavesTheArchiverOfAStreamedClusterAlone() {
    assertThat(judged(STREAM, primary(true, 99.0), slot(true, "reserved", 0), 0L, null)).isEmpty();
  }

  @Test
  void callsASlotStalledThatNobodyReadsForHalfAMinute() {
    Alarms.Facts idle =
        facts(
            STREAM,
            primary(false, null),
            slot(false, "reserved", 0),
            0L,
            null,
            NOW.minusSeconds(30));
    Alarms.Facts takenOver =
        facts(
            STREAM,
            primary(false, null),
            slot(false, "reserved", 0),
            0L,
            null,
            NOW.minusSeconds(29));

    assertThat(Alarms.judge(Set.of(), idle)).containsOnlyKeys(Condition.STALLED);
    assertThat(Alarms.judge(Set.of(), takenOver)).isEmpty();
  }

  @Test
  void breachesTheObjectiveWhenWhatIsWrittenIsOlder() {
    assertThat(judged(PUSH, primary(false, 1.0), null, 5L, NOW.minusSeconds(60))).isEmpty();
    assertThat(judged(PUSH, primary(false, 1.0), null, 5L, NOW.minusSeconds(61)))
        .containsExactly(Condition.BREACHED);
  }

  @Test
  void isWithinTheObjectiveWhileNothingIsWritten() {
    assertThat(judged(PUSH, primary(false, null), null, 0L, NOW.minusSeconds(9999))).isEmpty();
  }

  @Test
  void countsTheFirstLookWhileNothingIsArchivedAtAll() {
    assertThat(judged(PUSH, primary(false, null), null, null, null))
        .containsExactly(Condition.BREACHED);
  }

  @Test
  void losesNoMoreThanThePartialIntervalWhileTheSlotIsRead() {
    ArchiveSpec partial =
        new ArchiveSpec(
            ArchiveSpec.Mode.STREAM, 3, Duration.ofMinutes(1), Duration.ofSeconds(10), false);

    assertThat(
            judged(
                partial,
                primary(false, null),
                slot(true, "reserved", 0),
                5L,
                NOW.minusSeconds(900)))
        .isEmpty();
    assertThat(
            judged(
                partial,
                primary(false, null),
                slot(false, "reserved", 0),
                5L,
                NOW.minusSeconds(900)))
        .containsExactly(Condition.BREACHED);
  }

  @ParameterizedTest
  @CsvSource({"49, ''", "50, SLOT_HALF", "79, SLOT_HALF", "80, 'SLOT_HALF,SLOT_NEARLY'"})
  void warnsOfASlotAtHalfAndAtFourFifths(long retained, String expected) {
    assertThat(judged(STREAM, primary(false, null), slot(true, "reserved", retained), 0L, null))
        .extracting(Condition::name)
        .containsExactlyElementsOf(expected.isEmpty() ? List.of() : List.of(expected.split(",")));
  }

  @Test
  void saysThatASlotIsLost() {
    assertThat(judged(STREAM, primary(false, null), slot(true, "lost", 0), 0L, null))
        .containsExactly(Condition.SLOT_GONE);
  }

  @Test
  void keepsWhatStoodWhileNobodyCanBeAsked() {
    Alarms.Facts blind = facts(PUSH, null, null, 0L, null, null);

    assertThat(Alarms.judge(Set.of(Condition.STALLED), blind)).containsOnlyKeys(Condition.STALLED);
    assertThat(Alarms.judge(Set.of(), blind)).isEmpty();
  }

  @Test
  void saysThatNobodyLooks() {
    Alarms.Facts old = facts(PUSH, primary(false, null), null, 0L, null, null);
    Alarms.Facts later =
        new Alarms.Facts(
            old.observation(), PUSH, 0L, null, NOW.minusSeconds(600), null, NOW.plusSeconds(61));

    assertThat(Alarms.judge(Set.of(), later)).containsOnlyKeys(Condition.UNOBSERVED);
  }

  private static Set<Condition> judged(
      ArchiveSpec archive, Primary primary, Slot slot, Long lagBytes, Instant safeUntil) {
    return Alarms.judge(Set.of(), facts(archive, primary, slot, lagBytes, safeUntil, null))
        .keySet();
  }

  private static Alarms.Facts facts(
      ArchiveSpec archive,
      Primary primary,
      Slot slot,
      Long lagBytes,
      Instant safeUntil,
      Instant idleSince) {
    return new Alarms.Facts(
        new ArchiveObservation("orders", NOW, "7", null, List.of(), null, primary, slot, null),
        archive,
        lagBytes,
        safeUntil,
        NOW.minusSeconds(600),
        idleSince,
        NOW);
  }

  private static Primary primary(boolean failing, Double waiting) {
    return new Primary(
        "pg-1",
        1,
        Lsn.parse("0/1"),
        null,
        failing,
        waiting,
        new ArchiveObservation.Settings("on", 60, "replica"));
  }

  private static Slot slot(boolean active, String status, long retained) {
    return new Slot("holdfast_orders", "pg-1", active, status, retained, 100L);
  }
}
