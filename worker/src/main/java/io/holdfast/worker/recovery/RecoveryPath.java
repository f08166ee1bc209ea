package io.holdfast.worker.recovery;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.Lsn;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.TimelineHistory;
import io.holdfast.model.wal.TimelineHistory.Ancestor;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.wal.fetch.WalOrder;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The way from a base backup along a timeline, as far as the archive has it without a hole. Found
 * by names alone; nothing is read.
 *
 * @param order which segment of which timeline
 * @param base the backup's own WAL
 * @param first the segment in which the backup ends, the first that the archive must have
 * @param last the last one in a row; {@code first - 1} when not even that is there
 * @param hole what is missing between {@code last} and what follows; null when nothing follows
 * @param histories timelines whose history is archived, and timeline 1
 */
record RecoveryPath(
    WalOrder order, Manifest.Wal base, long first, long last, Hole hole, Set<Integer> histories) {

  /**
   * @param from first missing position
   * @param to where the archive goes on
   */
  record Hole(Lsn from, Lsn to, String firstMissing) {}

  /**
   * @param wanted {@code latest}, {@code current} or a decimal number
   * @throws JobFailure TARGET_UNREACHABLE when no such timeline comes from the backup
   */
  static RecoveryPath plan(Manifest.Wal base, ArchiveContents archive, String wanted) {
    int timeline =
        switch (wanted) {
          case "latest" -> latest(base, archive);
          case "current" -> base.timeline();
          default -> number(wanted);
        };
    WalOrder order = new WalOrder(history(base, archive, timeline), archive.size());
    long first = archive.size().numberBefore(base.stopLsn());
    long next = first;
    while (archive.has(order.segment(next).timeline(), next)) {
      next++;
    }
    if (unfinished(order, archive, next)) {
      next++;
    }
    return new RecoveryPath(
        order, base, first, next - 1, hole(order, archive, next), archive.histories().keySet());
  }

  private static int number(String wanted) {
    try {
      return Integer.parseInt(wanted);
    } catch (NumberFormatException e) {
      throw unreachable("there is no timeline " + wanted, "Name one that is archived.");
    }
  }

  /** The newest one that goes through the end of the backup. */
  private static int latest(Manifest.Wal base, ArchiveContents archive) {
    for (int timeline : archive.timelines().descendingSet()) {
      if (timeline <= base.timeline()) {
        break;
      }
      TimelineHistory history = archive.histories().get(timeline);
      if (history == null) {
        throw unreachable(
            "the archive has WAL of timeline "
                + timeline
                + " but not its history, so nobody can tell whether it comes from this backup",
            "Archive the file "
                + WalFileName.history(timeline)
                + ", or name the timeline that is meant.");
      }
      if (history.contains(base.timeline(), base.stopLsn())) {
        return timeline;
      }
    }
    return base.timeline();
  }

  private static TimelineHistory history(Manifest.Wal base, ArchiveContents archive, int timeline) {
    TimelineHistory history = archive.histories().get(timeline);
    if (timeline == base.timeline()) {
      // Where it came from lies before the backup.
      return history == null ? new TimelineHistory(timeline, List.of()) : history;
    }
    if (history == null) {
      throw unreachable(
          "the archive has no history of timeline " + timeline,
          "Archived histories: " + archive.histories().keySet() + ".");
    }
    if (!history.contains(base.timeline(), base.stopLsn())) {
      throw unreachable(
          "timeline "
              + timeline
              + " does not go through this backup, which ends on timeline "
              + base.timeline()
              + " at "
              + base.stopLsn()
              + history.ancestors().stream()
                  .filter(ancestor -> ancestor.timeline() == base.timeline())
                  .map(ancestor -> "; that was left at " + ancestor.switchedAt())
                  .findFirst()
                  .orElse(""),
          "Choose an older backup, or another timeline.");
    }
    return history;
  }

  /** Whether a part of the segment is there, on its timeline or on one that was left within it. */
  private static boolean unfinished(WalOrder order, ArchiveContents archive, long number) {
    if (archive.hasUnfinished(order.segment(number).timeline(), number)) {
      return true;
    }
    return order.history().ancestors().stream()
        .map(Ancestor::timeline)
        .map(timeline -> WalFileName.segment(timeline, number, order.size()))
        .filter(order::wasLeftWithin)
        .anyMatch(
            file ->
                archive.has(file.timeline(), number)
                    || archive.hasUnfinished(file.timeline(), number));
  }

  private static Hole hole(WalOrder order, ArchiveContents archive, long missing) {
    SegmentSize size = order.size();
    return order.history().ancestors().stream()
        .map(Ancestor::timeline)
        .map(timeline -> onTheWay(order, archive, timeline, missing))
        .filter(Objects::nonNull)
        .findFirst()
        .or(
            () ->
                Optional.ofNullable(onTheWay(order, archive, order.history().timeline(), missing)))
        .map(
            next ->
                new Hole(size.start(missing), size.start(next), order.segment(missing).toString()))
        .orElse(null);
  }

  /** The next segment of a timeline that lies on the way; null when there is none. */
  private static Long onTheWay(WalOrder order, ArchiveContents archive, int timeline, long from) {
    Long next = archive.next(timeline, from);
    return next != null && order.segment(next).timeline() == timeline ? next : null;
  }

  boolean historyOf(int timeline) {
    return histories.contains(timeline);
  }

  int timeline() {
    return order.history().timeline();
  }

  /** Where the archive has a hole or ends. */
  Lsn end() {
    return order.size().start(last + 1);
  }

  static JobFailure unreachable(String what, String hint) {
    return new JobFailure(ErrorCode.TARGET_UNREACHABLE, what, hint);
  }
}
