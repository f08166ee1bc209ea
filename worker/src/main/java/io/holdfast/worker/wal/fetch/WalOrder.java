package io.holdfast.worker.wal.fetch;

import io.holdfast.model.Lsn;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.TimelineHistory;
import io.holdfast.model.wal.WalFileName;
import java.util.Arrays;

/**
 * The one segment of each number on the way to a timeline. Where a timeline begins within a
 * segment, its own serves: it repeats what came before. The segment of the timeline before may hold
 * what was written after it was left.
 */
public record WalOrder(TimelineHistory history, SegmentSize size) {

  /** The segment with this number. */
  public WalFileName segment(long number) {
    return WalFileName.segment(timeline(number), number, size);
  }

  private int timeline(long number) {
    return history.at(new Lsn(size.start(number + 1).address() - 1));
  }

  /** Whether a segment lies on the way. */
  public boolean has(WalFileName segment) {
    return segment.fits(size) && segment(segment.number(size)).equals(segment);
  }

  /** The way to an older timeline that this one comes from, or to itself. */
  public WalOrder upTo(int timeline) {
    return new WalOrder(
        new TimelineHistory(
            timeline,
            history.ancestors().stream()
                .filter(ancestor -> ancestor.timeline() < timeline)
                .toList()),
        size);
  }

  /**
   * Whether a segment may stand in for that of a later timeline, up to where it was left: it lies
   * on the way in part.
   */
  public boolean wasLeftWithin(WalFileName segment) {
    if (!segment.fits(size)) {
      return false;
    }
    Lsn from = size.start(segment.number(size));
    Lsn to = size.start(segment.number(size) + 1);
    Lsn begun = new Lsn(0);
    for (TimelineHistory.Ancestor ancestor : history.ancestors()) {
      Lsn left = ancestor.switchedAt();
      if (ancestor.timeline() == segment.timeline()) {
        return begun.compareTo(to) < 0 && left.compareTo(from) > 0 && left.compareTo(to) < 0;
      }
      begun = left;
    }
    return false;
  }

  /**
   * A segment without what was written after a timeline was left.
   *
   * @param content changed in place
   */
  public byte[] cut(int timeline, long number, byte[] content) {
    history.ancestors().stream()
        .filter(ancestor -> ancestor.timeline() == timeline)
        .forEach(ancestor -> cut(ancestor.switchedAt(), number, content));
    return content;
  }

  /**
   * A segment without what lies from a position on.
   *
   * @param content changed in place
   */
  public byte[] cut(Lsn end, long number, byte[] content) {
    long kept = end.bytesSince(size.start(number));
    if (kept >= 0 && kept < content.length) {
      Arrays.fill(content, (int) kept, content.length, (byte) 0);
    }
    return content;
  }
}
