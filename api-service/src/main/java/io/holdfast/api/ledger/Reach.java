package io.holdfast.api.ledger;

import io.holdfast.api.backup.PhysicalBackup;
import io.holdfast.model.Lsn;
import io.holdfast.model.wal.ArchiveObservation.Timeline;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Whether a backup can lead to a place, as far as the ledger knows. It says no only where that is
 * certain: what is archived since the last observation is the worker's to prove. Pure.
 *
 * @param seen null: nobody has looked at the archive
 * @param missingSince by when something was written behind a position on a path; empty: nobody
 *     knows
 */
record Reach(Continuity seen, BiFunction<WalPath, Lsn, Optional<Instant>> missingSince) {

  /**
   * @param time to reach, or null
   * @param lsn to reach, or null
   * @param timeline of {@code lsn}, where that is known; 0: any
   */
  record Place(Instant time, Lsn lsn, int timeline) {
    static final Place ANY = new Place(null, null, 0);
  }

  boolean from(PhysicalBackup backup, String timeline, Place place) {
    if (place.time() != null && backup.finishedAt().isAfter(place.time())) {
      return false;
    }
    if (place.lsn() != null && backup.stopLsn().compareTo(place.lsn()) > 0) {
      return false;
    }
    if (seen == null) {
      return timeline.equals("latest")
          || timeline.equals("current")
          || backup.timeline() <= Integer.parseInt(timeline);
    }
    WalPath path = path(backup, timeline);
    Optional<Lsn> reach = path.reach(backup.timeline(), backup.startLsn());
    if (reach.isEmpty()
        || (place.timeline() != 0 && !path.contains(place.timeline(), place.lsn()))) {
      return false;
    }
    if (grows(path, reach.get())) {
      return true;
    }
    if (place.lsn() != null) {
      return place.lsn().compareTo(reach.get()) <= 0;
    }
    return place.time() == null
        || missingSince
            .apply(path, reach.get())
            .map(missing -> !place.time().isAfter(missing))
            .orElse(true);
  }

  private WalPath path(PhysicalBackup backup, String timeline) {
    return seen.path(
        switch (timeline) {
          case "current" -> backup.timeline();
          case "latest" ->
              Math.max(backup.timeline(), seen.latestTimeline().orElse(backup.timeline()));
          default -> Integer.parseInt(timeline);
        });
  }

  /** Nothing of the path's own timeline is archived behind it: more may be there by now. */
  private boolean grows(WalPath path, Lsn reach) {
    Optional<Timeline> last = seen.timeline(path.timeline());
    return last.isEmpty()
        || last.get().ranges().isEmpty()
        || reach.compareTo(last.get().ranges().getLast().to()) >= 0;
  }
}
