package io.holdfast.worker.wal.stream;

import io.holdfast.model.Lsn;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.TimelineHistory;
import io.holdfast.model.wal.TimelineHistory.Ancestor;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.WalStore;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Where to go on.
 *
 * @param lsn the beginning of a segment
 * @param timeline the newest one in that segment: where a timeline ends within a segment, the next
 *     one has the whole of it
 */
record StartingPoint(Lsn lsn, int timeline) {

  /**
   * Right behind what is archived on the way to the server's timeline.
   *
   * @param kept from where on the server has WAL for us, when nothing is archived
   */
  static StartingPoint after(WalStore store, TimelineHistory history, SegmentSize size, Lsn kept) {
    List<Ancestor> way = new ArrayList<>(history.ancestors());
    OptionalLong newest = newest(store, history.timeline(), size);
    for (int i = way.size() - 1; newest.isEmpty() && i >= 0; i--) {
      // A server that wrote on after it was left wrote what is not on our way.
      long last = size.number(way.get(i).switchedAt()) - 1;
      OptionalLong there = newest(store, way.get(i).timeline(), size);
      newest = there.isEmpty() ? there : OptionalLong.of(Math.min(there.getAsLong(), last));
    }
    return newest.isPresent()
        ? at(size.start(newest.getAsLong() + 1), history, size)
        : at(size.start(size.number(kept)), history, size);
  }

  static StartingPoint at(Lsn start, TimelineHistory history, SegmentSize size) {
    Lsn last = new Lsn(start.address() + size.bytes() - 1);
    return new StartingPoint(start, history.at(last));
  }

  private static OptionalLong newest(WalStore store, int timeline, SegmentSize size) {
    return store.list(store.layout().folder()).stream()
        .map(ObjectStat::key)
        .filter(key -> !key.contains("/conflicts/"))
        .flatMap(key -> WalLayout.file(key).stream())
        .filter(file -> file.kind() == WalFileName.Kind.SEGMENT && file.timeline() == timeline)
        .mapToLong(file -> file.number(size))
        .max();
  }
}
