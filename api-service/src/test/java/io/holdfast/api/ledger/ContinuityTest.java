package io.holdfast.api.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.backup.PhysicalBackup;
import io.holdfast.api.ledger.Continuity.Hole;
import io.holdfast.api.ledger.Continuity.Window;
import io.holdfast.model.BackupId;
import io.holdfast.model.Lsn;
import io.holdfast.model.wal.ArchiveObservation;
import io.holdfast.model.wal.ArchiveObservation.Primary;
import io.holdfast.model.wal.ArchiveObservation.Range;
import io.holdfast.model.wal.ArchiveObservation.Timeline;
import io.holdfast.model.wal.TimelineHistory;
import io.holdfast.model.wal.TimelineHistory.Ancestor;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Segments of 1 MiB: position 0/N00000 is the beginning of segment N. */
class ContinuityTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void seesAHoleBetweenTwoRanges() {
    assertThat(seen(tl(1, range(1, 4), range(6, 9))).holes()).containsExactly(hole(1, 4, 6));
  }

  @Test
  void seesNoHoleBeforeTheFirstSegmentThatWasEverArchived() {
    assertThat(seen(tl(1, range(7, 9))).holes()).isEmpty();
  }

  @Test
  void seesWhatIsMissingAtASwitch() {
    Continuity seen = seen(tl(1, range(1, 4)), tl(2, List.of(left(1, "0/680000")), range(8, 9)));

    assertThat(seen.holes()).containsExactly(hole(1, 4, 6), hole(2, 6, 8));
  }

  @Test
  void seesNoHoleWhereTheNewTimelineBeginsInTheSegmentThatWasLeft() {
    Continuity seen = seen(tl(1, range(1, 6)), tl(2, List.of(left(1, "0/680000")), range(6, 9)));

    assertThat(seen.holes()).isEmpty();
  }

  @Test
  void opensAWindowFromTheEndOfABackupToTheEndOfTheArchive() {
    PhysicalBackup backup = backup(1, "0/220000", "0/240000");

    assertThat(seen(tl(1, range(1, 9))).windows(List.of(backup)))
        .containsExactly(window(backup, 1, "0/240000", "0/900000"));
  }

  @Test
  void endsAWindowAtAGapAndOpensTheNextWithABackupBehindIt() {
    PhysicalBackup before = backup(1, "0/220000", "0/240000");
    PhysicalBackup behind = backup(1, "0/720000", "0/740000");

    assertThat(seen(tl(1, range(1, 4), range(6, 9))).windows(List.of(before, behind)))
        .containsExactlyInAnyOrder(
            window(before, 1, "0/240000", "0/400000"), window(behind, 1, "0/740000", "0/900000"));
  }

  @Test
  void opensNoWindowForABackupWhoseOwnWalIsMissing() {
    assertThat(seen(tl(1, range(3, 9))).windows(List.of(backup(1, "0/220000", "0/320000"))))
        .isEmpty();
  }

  @Test
  void opensNoWindowForASuspectBackupOrOneOfAnotherServer() {
    PhysicalBackup suspect =
        new PhysicalBackup(id(), false, T0, "7", 1, Lsn.parse("0/220000"), Lsn.parse("0/240000"));
    PhysicalBackup foreign =
        new PhysicalBackup(id(), true, T0, "8", 1, Lsn.parse("0/220000"), Lsn.parse("0/240000"));

    assertThat(seen(tl(1, range(1, 9))).windows(List.of(suspect, foreign))).isEmpty();
  }

  @Test
  void followsTheSwitchToANewTimelineAndKeepsTheOldOneReachable() {
    PhysicalBackup backup = backup(1, "0/220000", "0/240000");
    Continuity seen = seen(tl(1, range(1, 8)), tl(2, List.of(left(1, "0/680000")), range(6, 9)));

    assertThat(seen.windows(List.of(backup)))
        .containsExactly(
            window(backup, 2, "0/240000", "0/900000"), window(backup, 1, "0/240000", "0/800000"));
  }

  @Test
  void passesTheSwitchWithTheSegmentOfTheNewTimelineWhenTheOldOneWasNeverFinished() {
    PhysicalBackup backup = backup(1, "0/220000", "0/240000");
    Continuity seen = seen(tl(1, range(1, 6)), tl(2, List.of(left(1, "0/680000")), range(6, 9)));

    assertThat(seen.windows(List.of(backup))).contains(window(backup, 2, "0/240000", "0/900000"));
  }

  @Test
  void doesNotPassASwitchWhoseSegmentTheNewTimelineLacks() {
    PhysicalBackup backup = backup(1, "0/220000", "0/240000");
    Continuity seen = seen(tl(1, range(1, 7)), tl(2, List.of(left(1, "0/680000")), range(7, 9)));

    assertThat(seen.windows(List.of(backup)))
        .containsExactly(window(backup, 1, "0/240000", "0/700000"));
  }

  @Test
  void leadsNoBackupOfAnAbandonedBranchToTheNewTimeline() {
    PhysicalBackup abandoned = backup(1, "0/720000", "0/740000");
    Continuity seen = seen(tl(1, range(1, 9)), tl(2, List.of(left(1, "0/680000")), range(6, 9)));

    assertThat(seen.windows(List.of(abandoned)))
        .containsExactly(window(abandoned, 1, "0/740000", "0/900000"));
  }

  @Test
  void followsElevenTimelines() {
    PhysicalBackup backup = backup(1, "0/20000", "0/40000");
    List<Timeline> timelines = new ArrayList<>();
    List<Ancestor> ancestors = new ArrayList<>();
    for (int timeline = 1; timeline <= 11; timeline++) {
      timelines.add(tl(timeline, List.copyOf(ancestors), range(timeline - 1, timeline)));
      ancestors.add(new Ancestor(timeline, new Lsn(timeline * 0x100000L)));
    }
    Continuity seen = seen(timelines.toArray(Timeline[]::new));

    assertThat(seen.holes()).isEmpty();
    assertThat(seen.latestTimeline()).contains(11);
    assertThat(seen.windows(List.of(backup)))
        .hasSize(11)
        .startsWith(window(backup, 11, "0/40000", "0/B00000"))
        .endsWith(window(backup, 1, "0/40000", "0/100000"));
  }

  @Test
  void goesNoFurtherThanATimelineWhoseHistoryIsMissing() {
    PhysicalBackup backup = backup(1, "0/220000", "0/240000");
    Continuity seen = seen(tl(1, range(1, 6)), new Timeline(2, null, List.of(range(6, 9))));

    assertThat(seen.windows(List.of(backup)))
        .containsExactly(window(backup, 1, "0/240000", "0/600000"));
  }

  @Test
  void measuresTheLagFromTheEndOfTheNewestSegment() {
    assertThat(seen(primary(1, "0/980000", null), tl(1, range(1, 9))).lagBytes())
        .isEqualTo(0x80000);
    assertThat(seen(primary(1, "0/900000", null), tl(1, range(1, 9))).lagBytes()).isZero();
    assertThat(seen(primary(1, "0/900000", null)).lagBytes()).isNull();
    assertThat(seen(tl(1, range(1, 9))).lagBytes()).isNull();
  }

  @Test
  void measuresTheLagOfANewTimelineFromWhereTheOldOneWasLeft() {
    Continuity seen =
        seen(primary(2, "0/690000", null), tl(1, range(1, 8)), tl(2, List.of(left(1, "0/680000"))));

    assertThat(seen.lagBytes()).isEqualTo(0x10000);
  }

  @Test
  void takesAHoleForADelayUntilTheArchiverSaysThatItIsDone() {
    Timeline[] timelines = {tl(1, range(1, 4), range(6, 9))};

    assertThat(seen(primary(1, "0/980000", "0/400000"), timelines).reportedDone(hole(1, 4, 6)))
        .isFalse();
    assertThat(seen(primary(1, "0/980000", "0/900000"), timelines).reportedDone(hole(1, 4, 6)))
        .isTrue();
    assertThat(seen(primary(2, "0/980000", null), timelines).reportedDone(hole(1, 4, 6))).isTrue();
  }

  @Test
  void letsABackupBehindAGapSupersedeIt() {
    Continuity seen = seen(tl(1, range(1, 4), range(6, 9)));

    assertThat(seen.supersedes(backup(1, "0/720000", "0/740000"), hole(1, 4, 6))).isTrue();
    assertThat(seen.supersedes(backup(1, "0/520000", "0/740000"), hole(1, 4, 6))).isFalse();
  }

  private static Continuity seen(Timeline... timelines) {
    return seen(null, timelines);
  }

  private static Continuity seen(Primary primary, Timeline... timelines) {
    return new Continuity(
        new ArchiveObservation(
            "orders", T0, "7", 0x100000, List.of(timelines), T0, primary, null, null));
  }

  private static Primary primary(int timeline, String lsn, String archived) {
    return new Primary(
        "pg-1",
        timeline,
        Lsn.parse(lsn),
        archived == null ? null : Lsn.parse(archived),
        false,
        null,
        new ArchiveObservation.Settings("on", 60, "replica"));
  }

  private static Timeline tl(int timeline, Range... ranges) {
    return new Timeline(timeline, TimelineHistory.first(timeline), List.of(ranges));
  }

  private static Timeline tl(int timeline, List<Ancestor> ancestors, Range... ranges) {
    return new Timeline(timeline, new TimelineHistory(timeline, ancestors), List.of(ranges));
  }

  private static Ancestor left(int timeline, String lsn) {
    return new Ancestor(timeline, Lsn.parse(lsn));
  }

  private static Range range(int from, int to) {
    return new Range(new Lsn(from * 0x100000L), new Lsn(to * 0x100000L));
  }

  private static Hole hole(int timeline, int from, int to) {
    return new Hole(timeline, new Lsn(from * 0x100000L), new Lsn(to * 0x100000L));
  }

  private static PhysicalBackup backup(int timeline, String start, String stop) {
    return new PhysicalBackup(id(), true, T0, "7", timeline, Lsn.parse(start), Lsn.parse(stop));
  }

  private static BackupId id() {
    return BackupId.next(Clock.systemUTC());
  }

  private static Window window(PhysicalBackup backup, int timeline, String from, String to) {
    return new Window(backup.id(), timeline, Lsn.parse(from), T0, Lsn.parse(to));
  }
}
