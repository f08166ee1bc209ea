package io.holdfast.api.ledger;

import io.holdfast.api.backup.PhysicalBackup;
import io.holdfast.model.BackupId;
import io.holdfast.model.Lsn;
import io.holdfast.model.wal.ArchiveObservation;
import io.holdfast.model.wal.ArchiveObservation.Timeline;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.TimelineHistory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an observation says about recovery: where WAL is missing, from which backup how far one gets
 * on which timeline, and how far the archive is behind. Pure.
 */
final class Continuity {
  /** Missing: from the beginning of a segment to the end of one. */
  record Hole(int timeline, Lsn from, Lsn to) {
    boolean overlaps(Hole other) {
      return timeline == other.timeline
          && from.compareTo(other.to) < 0
          && other.from.compareTo(to) < 0;
    }
  }

  /**
   * Every position from {@code from} to {@code to} on the path to {@code timeline} can be reached.
   *
   * @param to exclusive; the end of what is archived without a hole
   */
  record Window(BackupId backupId, int timeline, Lsn from, Instant fromTime, Lsn to) {}

  private final ArchiveObservation observation;
  private final Map<Integer, Timeline> archived = new TreeMap<>();
  private final SegmentSize size;

  Continuity(ArchiveObservation observation) {
    this.observation = observation;
    observation.timelines().forEach(timeline -> archived.put(timeline.timeline(), timeline));
    this.size =
        observation.segmentBytes() == null
            ? SegmentSize.DEFAULT
            : new SegmentSize(observation.segmentBytes());
  }

  /** Of the server whose archive it is; null when nobody knows. */
  String systemIdentifier() {
    return observation.systemIdentifier();
  }

  WalPath path(int timeline) {
    return WalPath.to(timeline, archived, size);
  }

  /** Empty when nothing of it is archived. */
  Optional<Timeline> timeline(int timeline) {
    return Optional.ofNullable(archived.get(timeline));
  }

  /** The newest timeline that recovery would find; empty when nothing is archived. */
  Optional<Integer> latestTimeline() {
    return archived.keySet().stream().max(Comparator.naturalOrder());
  }

  /** By timeline and position. */
  List<Hole> holes() {
    List<Hole> holes = new ArrayList<>();
    for (Timeline timeline : archived.values()) {
      for (int i = 1; i < timeline.ranges().size(); i++) {
        add(
            holes,
            timeline.timeline(),
            timeline.ranges().get(i - 1).to(),
            timeline.ranges().get(i).from());
      }
      atTheSwitch(timeline, holes);
    }
    return holes.stream()
        .distinct()
        .sorted(Comparator.comparingInt(Hole::timeline).thenComparing(Hole::from))
        .toList();
  }

  /** Between the end of the timeline before and the beginning of this one. */
  private void atTheSwitch(Timeline timeline, List<Hole> holes) {
    TimelineHistory history = timeline.history();
    if (history == null || history.ancestors().isEmpty() || timeline.ranges().isEmpty()) {
      return;
    }
    TimelineHistory.Ancestor last = history.ancestors().getLast();
    Lsn segment = size.start(size.number(last.switchedAt()));
    add(holes, timeline.timeline(), segment, timeline.ranges().getFirst().from());
    Timeline before = archived.get(last.timeline());
    if (before != null && !before.ranges().isEmpty()) {
      add(holes, before.timeline(), before.ranges().getLast().to(), segment);
    }
  }

  private static void add(List<Hole> holes, int timeline, Lsn from, Lsn to) {
    if (from.compareTo(to) < 0) {
      holes.add(new Hole(timeline, from, to));
    }
  }

  /**
   * Of each good backup of this cluster, for each timeline that it leads to; newest backup first,
   * newest timeline first.
   */
  List<Window> windows(List<PhysicalBackup> backups) {
    TreeSet<Integer> timelines = new TreeSet<>(archived.keySet());
    backups.forEach(backup -> timelines.add(backup.timeline()));
    List<WalPath> paths = timelines.descendingSet().stream().map(this::path).toList();
    List<Window> windows = new ArrayList<>();
    backups.stream()
        .filter(this::usable)
        .sorted(Comparator.comparing(PhysicalBackup::finishedAt).reversed())
        .forEach(backup -> paths.forEach(path -> window(backup, path).ifPresent(windows::add)));
    return windows;
  }

  boolean usable(PhysicalBackup backup) {
    return backup.available()
        && (observation.systemIdentifier() == null
            || observation.systemIdentifier().equals(backup.systemIdentifier()));
  }

  /**
   * Empty when the backup does not lead there, or not beyond where the timeline before was left.
   */
  Optional<Window> window(PhysicalBackup backup, WalPath path) {
    return path.reach(backup.timeline(), backup.startLsn())
        .filter(reach -> reach.compareTo(backup.stopLsn()) >= 0)
        .filter(reach -> path.timeline() == backup.timeline() || reach.compareTo(path.begin()) > 0)
        .map(
            reach ->
                new Window(
                    backup.id(), path.timeline(), backup.stopLsn(), backup.finishedAt(), reach));
  }

  /** The end of what is archived on the way to the primary's position; null when nothing is. */
  Lsn archivedTo() {
    if (observation.primary() == null) {
      return null;
    }
    WalPath path = path(observation.primary().timeline());
    for (WalPath.Stretch stretch : path.stretches().reversed()) {
      Timeline timeline = archived.get(stretch.timeline());
      if (timeline != null && !timeline.ranges().isEmpty()) {
        Lsn to = timeline.ranges().getLast().to();
        return stretch.end() != null && to.compareTo(stretch.end()) > 0 ? stretch.end() : to;
      }
    }
    return null;
  }

  /** What the primary has written and the archive does not have; null: nobody knows. */
  Long lagBytes() {
    Lsn to = archivedTo();
    return to == null ? null : Math.max(0, observation.primary().lsn().bytesSince(to));
  }

  /** Whether the server's archiver says that all of the hole was archived: then it is no delay. */
  boolean reportedDone(Hole hole) {
    ArchiveObservation.Primary primary = observation.primary();
    return primary != null
        && (primary.timeline() != hole.timeline()
            || (primary.archivedLsn() != null && primary.archivedLsn().compareTo(hole.to()) >= 0));
  }

  /** Whether a backup lies behind a hole, on the way on. */
  boolean supersedes(PhysicalBackup backup, Hole hole) {
    return usable(backup)
        && backup.startLsn().compareTo(hole.to()) >= 0
        && path(backup.timeline()).contains(hole.timeline(), hole.from());
  }
}
