package io.holdfast.worker.scan;

import io.holdfast.model.scan.ArchiveFound;
import io.holdfast.model.scan.ArchiveFound.Range;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.scan.Listing.Archive;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.WalStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What is archived without a hole. */
final class ArchiveLook {
  /** A page has room for so many; the newest are told. */
  private static final int MOST_RANGES = 2000;

  private final Repository repository;

  ArchiveLook(Repository repository) {
    this.repository = repository;
  }

  ArchiveFound at(Archive archive) {
    List<WalFileName> segments =
        archive.objects().keySet().stream()
            .filter(key -> !key.contains("/conflicts/"))
            .flatMap(key -> WalLayout.file(key).stream())
            .filter(file -> file.kind() == WalFileName.Kind.SEGMENT)
            .sorted(
                Comparator.comparingInt(WalFileName::timeline)
                    .thenComparingLong(WalFileName::logId)
                    .thenComparingLong(WalFileName::segment))
            .toList();
    List<Range> ranges = segments.isEmpty() ? List.of() : ranges(segments, size(archive, segments));
    return new ArchiveFound(
        archive.layout().cluster(),
        archive.layout().systemIdentifier(),
        segments.size(),
        archive.objects().values().stream().mapToLong(Long::longValue).sum(),
        ranges.subList(Math.max(0, ranges.size() - MOST_RANGES), ranges.size()));
  }

  private SegmentSize size(Archive archive, List<WalFileName> segments) {
    return new WalStore(repository, archive.layout())
        .plainBytes(segments.getLast())
        .map(bytes -> new SegmentSize(bytes.intValue()))
        .orElse(SegmentSize.DEFAULT);
  }

  private static List<Range> ranges(List<WalFileName> segments, SegmentSize size) {
    List<Range> ranges = new ArrayList<>();
    WalFileName first = segments.getFirst();
    WalFileName last = first;
    for (WalFileName next : segments.subList(1, segments.size())) {
      if (next.timeline() != last.timeline() || next.number(size) != last.number(size) + 1) {
        ranges.add(range(first, last));
        first = next;
      }
      last = next;
    }
    ranges.add(range(first, last));
    return ranges;
  }

  private static Range range(WalFileName first, WalFileName last) {
    return new Range(first.timeline(), first.toString(), last.toString());
  }
}
