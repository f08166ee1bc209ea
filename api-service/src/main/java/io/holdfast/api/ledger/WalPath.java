package io.holdfast.api.ledger;

import io.holdfast.model.Lsn;
import io.holdfast.model.wal.ArchiveObservation.Range;
import io.holdfast.model.wal.ArchiveObservation.Timeline;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.TimelineHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The way of recovery to one timeline: each ancestor up to where it was left, then the timeline
 * itself without an end.
 */
final class WalPath {
  /**
   * @param end the first position that is no longer on it; null for the last one
   */
  record Stretch(int timeline, Lsn begin, Lsn end) {}

  private static final Lsn ZERO = new Lsn(0);

  private final List<Stretch> stretches;
  private final Map<Integer, Timeline> archived;
  private final SegmentSize size;

  private WalPath(List<Stretch> stretches, Map<Integer, Timeline> archived, SegmentSize size) {
    this.stretches = stretches;
    this.archived = archived;
    this.size = size;
  }

  /** Without its history a timeline begins where a backup on it does. */
  static WalPath to(int timeline, Map<Integer, Timeline> archived, SegmentSize size) {
    Timeline known = archived.get(timeline);
    TimelineHistory history = known == null ? null : known.history();
    List<Stretch> stretches = new ArrayList<>();
    Lsn begin = ZERO;
    if (history != null) {
      for (TimelineHistory.Ancestor ancestor : history.ancestors()) {
        stretches.add(new Stretch(ancestor.timeline(), begin, ancestor.switchedAt()));
        begin = ancestor.switchedAt();
      }
    }
    stretches.add(new Stretch(timeline, begin, null));
    return new WalPath(List.copyOf(stretches), archived, size);
  }

  int timeline() {
    return stretches.getLast().timeline();
  }

  /** Oldest first; the last one has no end. */
  List<Stretch> stretches() {
    return stretches;
  }

  /** Where the path enters its own timeline. */
  Lsn begin() {
    return stretches.getLast().begin();
  }

  /** Whether a position on a timeline lies on the path. */
  boolean contains(int timeline, Lsn lsn) {
    return index(timeline, lsn).isPresent();
  }

  /**
   * How far the archive goes without a hole.
   *
   * @return {@code start} itself when not even its segment is archived; empty when it is not on the
   *     path
   */
  Optional<Lsn> reach(int timeline, Lsn start) {
    return index(timeline, start).map(index -> follow(index, start));
  }

  private Lsn follow(int index, Lsn start) {
    Lsn position = start;
    for (int i = index; i < stretches.size(); i++) {
      Stretch stretch = stretches.get(i);
      position = advance(i, position);
      if (stretch.end() == null || position.compareTo(stretch.end()) < 0) {
        return position;
      }
    }
    return position;
  }

  /**
   * The segment in which a timeline was left exists on the next one too, with the same beginning,
   * and that is the one that recovery prefers.
   */
  private Lsn advance(int index, Lsn from) {
    Lsn end = stretches.get(index).end();
    Lsn position = from;
    boolean moved = true;
    while (moved && (end == null || position.compareTo(end) < 0)) {
      moved = false;
      for (int i = index; i < stretches.size(); i++) {
        Optional<Lsn> to = holding(i, position);
        if (to.isPresent()) {
          position = end != null && to.get().compareTo(end) > 0 ? end : to.get();
          moved = true;
          break;
        }
      }
    }
    return position;
  }

  private Optional<Lsn> holding(int index, Lsn position) {
    Stretch stretch = stretches.get(index);
    Timeline timeline = archived.get(stretch.timeline());
    if (timeline == null || position.compareTo(size.start(size.number(stretch.begin()))) < 0) {
      return Optional.empty();
    }
    return timeline.ranges().stream()
        .filter(
            range -> range.from().compareTo(position) <= 0 && position.compareTo(range.to()) < 0)
        .map(Range::to)
        .findFirst();
  }

  private Optional<Integer> index(int timeline, Lsn lsn) {
    for (int i = 0; i < stretches.size(); i++) {
      Stretch stretch = stretches.get(i);
      if (stretch.timeline() == timeline
          && stretch.begin().compareTo(lsn) <= 0
          && (stretch.end() == null || lsn.compareTo(stretch.end()) <= 0)) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }
}
