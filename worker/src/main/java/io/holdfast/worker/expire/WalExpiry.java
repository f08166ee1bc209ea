package io.holdfast.worker.expire;

import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.Lsn;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.job.WalRange;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.BackupFolders;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.WalStretch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Removes ranges of WAL, oldest segments first, so that what is left has no hole if nobody carries
 * on. Histories of timelines stay: they are small, and say where what is left comes from.
 */
final class WalExpiry {
  private final Repository repository;
  private final String cluster;
  private final Fence fence;
  private final Removed removed;

  /**
   * @param fence null in a dry run
   */
  WalExpiry(Repository repository, String cluster, Fence fence, Removed removed) {
    this.repository = repository;
    this.cluster = cluster;
    this.fence = fence;
    this.removed = removed;
  }

  /**
   * @param gone backups that need nothing any more, although a dry run still shows them
   * @return those that were removed
   */
  List<WalRange> run(
      List<WalRange> ranges, BackupFolders folders, List<BackupId> gone, List<Finding> findings) {
    List<WalRange> done = new ArrayList<>();
    for (WalRange range : ranges) {
      Optional<String> needed = needed(range, folders, gone);
      if (needed.isPresent()) {
        findings.add(
            new Finding(
                "wal",
                "WARNING",
                describe(range) + " stays: " + needed.get(),
                "The repository knows more than the catalog: scan it."));
        continue;
      }
      long before = removed.objects();
      remove(range, findings).ifPresent(done::add);
      findings.add(
          new Finding(
              "wal",
              "OK",
              (removed.objects() - before)
                  + " files of "
                  + describe(range)
                  + (removed.dryRun() ? " would be removed" : " were removed"),
              null));
    }
    return done;
  }

  private static String describe(WalRange range) {
    return "WAL of timeline " + range.timeline() + " from " + range.from() + " to " + range.to();
  }

  /** By the word of the manifests: a base backup that stays needs the WAL written meanwhile. */
  private static Optional<String> needed(
      WalRange range, BackupFolders folders, List<BackupId> gone) {
    return folders.ids().stream()
        .filter(id -> folders.exists(id) && !gone.contains(id))
        .map(folders::manifest)
        .filter(manifest -> needs(manifest, range))
        .findFirst()
        .map(manifest -> "backup " + manifest.backupId() + ", which stays, needs it");
  }

  private static boolean needs(Manifest manifest, WalRange range) {
    Manifest.Wal wal = manifest.wal();
    return wal != null
        && manifest.source() != null
        && range.systemIdentifier().equals(manifest.source().systemIdentifier())
        && wal.timeline() == range.timeline()
        && wal.startLsn().compareTo(range.to()) < 0
        && wal.stopLsn().compareTo(range.from()) > 0;
  }

  /** What of the range is gone: all of it, or as far as the store lets go. */
  private Optional<WalRange> remove(WalRange range, List<Finding> findings) {
    WalLayout layout = new WalLayout(cluster, range.systemIdentifier());
    WalStretch stretch = new WalStretch(range);
    for (long logId = stretch.firstLogId(); logId <= stretch.lastLogId(); logId++) {
      if (fence != null) {
        fence.require();
      }
      for (ObjectStat object : repository.list(layout.segments(range.timeline(), logId))) {
        if (stretch.holds(object.key()) && !removed(object, findings)) {
          return until(range, stretch.begin(object.key()).orElseThrow());
        }
      }
    }
    // What was put aside under their names goes with them: locked, it waits for the next sweep.
    repository.list(layout.conflicts()).stream()
        .filter(object -> stretch.holds(object.key()))
        .forEach(object -> removed(object, findings));
    return Optional.of(range);
  }

  private boolean removed(ObjectStat object, List<Finding> findings) {
    try {
      removed.object(object);
      return true;
    } catch (JobFailure failure) {
      if (failure.code() != ErrorCode.OBJECT_LOCKED) {
        throw failure;
      }
      findings.add(
          new Finding(
              "wal",
              "WARNING",
              failure.getMessage(),
              "An expiration after the lock has run out removes the rest."));
      return false;
    }
  }

  private static Optional<WalRange> until(WalRange range, Lsn end) {
    return end.compareTo(range.from()) <= 0
        ? Optional.empty()
        : Optional.of(
            new WalRange(
                range.systemIdentifier(),
                range.timeline(),
                range.segmentBytes(),
                range.from(),
                end));
  }
}
