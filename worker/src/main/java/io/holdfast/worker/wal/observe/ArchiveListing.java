package io.holdfast.worker.wal.observe;

import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.WalStore;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The names of whole segments in an archive, by timeline. Listing all of a large archive takes a
 * request for each thousand objects, so that past some size only what can have grown is looked at,
 * and everything once in a while. Used by one thread at a time.
 */
final class ArchiveListing {
  /** Up to here everything is listed each time. */
  private static final int SMALL = 20_000;

  /** A large archive is listed as a whole every so many times. */
  private static final int WHOLE_EVERY = 30;

  private final WalStore store;
  private SortedMap<Integer, TreeSet<String>> segments = new TreeMap<>();
  private SortedSet<Integer> histories = new TreeSet<>();
  private int objects;
  private int sinceWhole;

  ArchiveListing(WalStore store) {
    this.store = store;
  }

  /** Looks again. What fails leaves what was seen before. */
  void refresh() {
    histories = store.histories();
    if (objects <= SMALL || ++sinceWhole >= WHOLE_EVERY) {
      List<ObjectStat> all = store.list(store.layout().folder());
      sinceWhole = 0;
      objects = 0;
      segments = new TreeMap<>();
      add(all);
      return;
    }
    for (int timeline : List.copyOf(segments.keySet())) {
      WalFileName newest = WalFileName.parse(segments.get(timeline).last()).orElseThrow();
      add(store.list(store.layout().segments(timeline, newest.logId())));
      add(store.list(store.layout().segments(timeline, newest.logId() + 1)));
    }
  }

  private void add(List<ObjectStat> found) {
    for (ObjectStat object : found) {
      if (object.key().contains("/conflicts/")) {
        continue;
      }
      WalLayout.file(object.key())
          .filter(file -> file.kind() == WalFileName.Kind.SEGMENT)
          .ifPresent(
              file -> {
                if (segments
                    .computeIfAbsent(file.timeline(), unused -> new TreeSet<>())
                    .add(file.toString())) {
                  objects++;
                }
              });
    }
  }

  /** Timelines of which a segment or the history is there. */
  SortedSet<Integer> timelines() {
    SortedSet<Integer> timelines = new TreeSet<>(histories);
    timelines.addAll(segments.keySet());
    return timelines;
  }

  /** Numbers of a timeline's segments, ascending. */
  List<Long> numbers(int timeline, SegmentSize size) {
    return segments.getOrDefault(timeline, new TreeSet<>()).stream()
        .map(name -> WalFileName.parse(name).orElseThrow().number(size))
        .toList();
  }

  /** Some segment, to learn the segment size from. */
  Optional<WalFileName> any() {
    return segments.values().stream()
        .flatMap(TreeSet::stream)
        .findFirst()
        .flatMap(WalFileName::parse);
  }
}
