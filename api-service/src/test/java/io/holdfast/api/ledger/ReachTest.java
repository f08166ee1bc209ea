package io.holdfast.api.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.backup.PhysicalBackup;
import io.holdfast.api.ledger.Reach.Place;
import io.holdfast.model.BackupId;
import io.holdfast.model.Lsn;
import io.holdfast.model.wal.ArchiveObservation;
import io.holdfast.model.wal.ArchiveObservation.Range;
import io.holdfast.model.wal.ArchiveObservation.Timeline;
import io.holdfast.model.wal.TimelineHistory;
import io.holdfast.model.wal.TimelineHistory.Ancestor;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Segments of 1 MiB. Timeline 1 has 0 to 9, timeline 2 left it at 0/680000 and has 6 to 8 and 10 to
 * 11; on the way to 2 something is missing since minute 30.
 */
class ReachTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
  private static final Reach REACH =
      new Reach(
          new Continuity(
              new ArchiveObservation(
                  "orders",
                  T0,
                  "7",
                  0x100000,
                  List.of(
                      new Timeline(1, TimelineHistory.first(1), List.of(range(0, 10))),
                      new Timeline(
                          2,
                          new TimelineHistory(2, List.of(new Ancestor(1, Lsn.parse("0/680000")))),
                          List.of(range(6, 9), range(10, 12)))),
                  T0,
                  null,
                  null,
                  null)),
          (path, lsn) -> path.timeline() == 2 ? Optional.of(minute(30)) : Optional.empty());

  private final PhysicalBackup early = backup(1, "0/20000", "0/40000", 1);
  private final PhysicalBackup branch = backup(1, "0/720000", "0/740000", 20);
  private final PhysicalBackup young = backup(2, "0/A20000", "0/A40000", 40);

  @Test
  void reachesNothingBeforeTheBackupEnded() {
    assertThat(REACH.from(early, "latest", at("0/30000", 0))).isFalse();
    assertThat(REACH.from(early, "latest", time(0))).isFalse();
    assertThat(REACH.from(early, "latest", time(1))).isTrue();
  }

  @Test
  void reachesPositionsOnTheWayUpToTheGap() {
    assertThat(REACH.from(early, "latest", at("0/600000", 0))).isTrue();
    assertThat(REACH.from(early, "latest", at("0/900000", 0))).isTrue();
    assertThat(REACH.from(early, "latest", at("0/980000", 0))).isFalse();
  }

  @Test
  void reachesMomentsUpToTheGap() {
    assertThat(REACH.from(early, "latest", time(30))).isTrue();
    assertThat(REACH.from(early, "latest", time(31))).isFalse();
  }

  @Test
  void reachesTheOldBranchOnItsOwnTimelineOnly() {
    assertThat(REACH.from(branch, "latest", Place.ANY)).isFalse();
    assertThat(REACH.from(branch, "2", Place.ANY)).isFalse();
    assertThat(REACH.from(branch, "1", Place.ANY)).isTrue();
    assertThat(REACH.from(branch, "current", at("0/980000", 0))).isTrue();
    assertThat(REACH.from(early, "current", at("0/980000", 0))).isTrue();
  }

  @Test
  void reachesAPointOfTheOldBranchNotOnTheNewOne() {
    assertThat(REACH.from(early, "latest", at("0/700000", 1))).isFalse();
    assertThat(REACH.from(early, "1", at("0/700000", 1))).isTrue();
    assertThat(REACH.from(early, "latest", at("0/600000", 1))).isTrue();
    assertThat(REACH.from(early, "latest", at("0/700000", 2))).isTrue();
  }

  @Test
  void leavesToTheWorkerWhatMayHaveBeenArchivedMeanwhile() {
    assertThat(REACH.from(young, "latest", at("0/F00000", 0))).isTrue();
    assertThat(REACH.from(young, "latest", time(50))).isTrue();
  }

  @Test
  void leadsNoBackupBackToAnOlderTimeline() {
    assertThat(REACH.from(young, "1", Place.ANY)).isFalse();
  }

  @Test
  void goesByTheCatalogAloneWhileNobodyHasLooked() {
    Reach blind = new Reach(null, (path, lsn) -> Optional.empty());

    assertThat(blind.from(early, "latest", time(50))).isTrue();
    assertThat(blind.from(early, "latest", time(0))).isFalse();
    assertThat(blind.from(young, "1", Place.ANY)).isFalse();
  }

  private static Place at(String lsn, int timeline) {
    return new Place(null, Lsn.parse(lsn), timeline);
  }

  private static Place time(int minute) {
    return new Place(minute(minute), null, 0);
  }

  private static Instant minute(int minute) {
    return T0.plusSeconds(60L * minute);
  }

  private static Range range(int from, int to) {
    return new Range(new Lsn(from * 0x100000L), new Lsn(to * 0x100000L));
  }

  private static PhysicalBackup backup(int timeline, String start, String stop, int minute) {
    return new PhysicalBackup(
        BackupId.next(Clock.systemUTC()),
        true,
        minute(minute),
        "7",
        timeline,
        Lsn.parse(start),
        Lsn.parse(stop));
  }
}
