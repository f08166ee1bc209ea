package io.holdfast.worker.recovery;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.TimelineHistory;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.WalStore;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an archive holds, by name.
 *
 * @param whole timeline -> numbers of whole segments
 * @param unfinished timeline -> numbers of segments of which a part is there
 * @param histories of every timeline that has one archived, and of timeline 1
 */
record ArchiveContents(
    SegmentSize size,
    NavigableMap<Integer, NavigableSet<Long>> whole,
    NavigableMap<Integer, NavigableSet<Long>> unfinished,
    NavigableMap<Integer, TimelineHistory> histories) {

  /**
   * @throws JobFailure WAL_DAMAGED when a history cannot be read
   */
  static ArchiveContents of(WalStore store, SegmentSize size) {
    NavigableMap<Integer, NavigableSet<Long>> whole = new TreeMap<>();
    NavigableMap<Integer, NavigableSet<Long>> unfinished = new TreeMap<>();
    NavigableMap<Integer, TimelineHistory> histories = new TreeMap<>();
    histories.put(1, TimelineHistory.first(1));
    String conflicts = store.layout().folder() + "conflicts/";
    for (ObjectStat object : store.list(store.layout().folder())) {
      if (object.key().startsWith(conflicts)) {
        continue;
      }
      WalLayout.growing(object.key())
          .ifPresent(growing -> add(unfinished, growing.segment(), size));
      WalLayout.file(object.key())
          .ifPresent(
              file -> {
                switch (file.kind()) {
                  case SEGMENT -> add(whole, file, size);
                  case PARTIAL -> add(unfinished, file, size);
                  case HISTORY -> histories.put(file.timeline(), history(store, file));
                  case BACKUP_HISTORY -> {}
                }
              });
    }
    return new ArchiveContents(size, whole, unfinished, histories);
  }

  private static void add(
      Map<Integer, NavigableSet<Long>> to, WalFileName segment, SegmentSize size) {
    if (!segment.fits(size)) {
      throw new JobFailure(
          ErrorCode.WAL_DAMAGED,
          "the archive has "
              + segment
              + ", but segments of "
              + size.bytes()
              + " bytes have no such"
              + " name",
          "Look at what wrote this file.");
    }
    boolean unused =
        to.computeIfAbsent(segment.timeline(), timeline -> new TreeSet<>())
            .add(segment.number(size));
  }

  private static TimelineHistory history(WalStore store, WalFileName file) {
    return store.history(file.timeline()).orElseThrow();
  }

  boolean has(int timeline, long number) {
    return has(whole, timeline, number);
  }

  boolean hasUnfinished(int timeline, long number) {
    return has(unfinished, timeline, number);
  }

  private static boolean has(Map<Integer, NavigableSet<Long>> where, int timeline, long number) {
    NavigableSet<Long> numbers = where.get(timeline);
    return numbers != null && numbers.contains(number);
  }

  /** Every timeline of which anything is there. */
  NavigableSet<Integer> timelines() {
    NavigableSet<Integer> all = new TreeSet<>(whole.keySet());
    all.addAll(unfinished.keySet());
    all.addAll(histories.keySet());
    return all;
  }

  /** The first segment of a timeline from a number on, whole or not; null when there is none. */
  Long next(int timeline, long number) {
    Long complete = from(whole, timeline, number);
    Long begun = from(unfinished, timeline, number);
    return complete == null || (begun != null && begun < complete) ? begun : complete;
  }

  private static Long from(Map<Integer, NavigableSet<Long>> where, int timeline, long number) {
    NavigableSet<Long> numbers = where.get(timeline);
    return numbers == null ? null : numbers.ceiling(number);
  }
}
