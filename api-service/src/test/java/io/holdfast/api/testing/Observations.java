package io.holdfast.api.testing;

import io.holdfast.model.Lsn;
import io.holdfast.model.event.WorkerEvent;
import io.holdfast.model.wal.ArchiveObservation;
import io.holdfast.model.wal.ArchiveObservation.Primary;
import io.holdfast.model.wal.ArchiveObservation.Range;
import io.holdfast.model.wal.ArchiveObservation.Slot;
import io.holdfast.model.wal.ArchiveObservation.Timeline;
import io.holdfast.model.wal.TimelineHistory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What a worker sees of an archive with segments of 1 MiB. */
public final class Observations {
  public static final String SYSTEM = "7";

  private Observations() {}

  public static WorkerEvent of(
      String cluster, Instant at, Primary primary, Slot slot, Timeline... timelines) {
    return of(SYSTEM, cluster, at, primary, slot, timelines);
  }

  /** Of a cluster that was rebuilt. */
  public static WorkerEvent of(
      String system,
      String cluster,
      Instant at,
      Primary primary,
      Slot slot,
      Timeline... timelines) {
    return new WorkerEvent.ArchiveObserved(
        UUID.randomUUID().toString(),
        "fake-worker",
        at,
        new ArchiveObservation(
            cluster, at, system, 0x100000, List.of(timelines), at, primary, slot, null));
  }

  /** At a position of timeline 1, with an archiver that waits or does not. */
  public static Primary primary(String lsn, Double waitingSeconds) {
    return new Primary(
        "pg-1",
        1,
        Lsn.parse(lsn),
        null,
        false,
        waitingSeconds,
        new ArchiveObservation.Settings("on", 60, "replica"));
  }

  /** Segments of timeline 1: pairs of the first number and the one behind the last. */
  public static Timeline segments(int... bounds) {
    List<Range> ranges = new ArrayList<>();
    for (int i = 0; i < bounds.length; i += 2) {
      ranges.add(new Range(new Lsn(bounds[i] * 0x100000L), new Lsn(bounds[i + 1] * 0x100000L)));
    }
    return new Timeline(1, TimelineHistory.first(1), ranges);
  }
}
