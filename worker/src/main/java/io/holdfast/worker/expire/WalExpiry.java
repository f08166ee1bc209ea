package io.holdfast.worker.expire;

import io.holdfast.model.BackupId;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.job.JobSpec.WalRange;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.manifest.BackupFolders;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.wal.WalLayout;
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
      int files = remove(range);
      done.add(range);
      findings.add(
          new Finding(
              "wal",
              "OK",
              files
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

  private int remove(WalRange range) {
    WalLayout layout = new WalLayout(cluster, range.systemIdentifier());
    SegmentSize size = new SegmentSize(range.segmentBytes());
    long first = size.number(range.from());
    long last = size.numberBefore(range.to());
    int files = 0;
    for (long logId = first / size.perLogId(); logId <= last / size.perLogId(); logId++) {
      if (fence != null) {
        fence.require();
      }
      for (ObjectStat object : repository.list(layout.segments(range.timeline(), logId))) {
        if (within(object.key(), range.timeline(), size, first, last)) {
          removed.object(object);
          files++;
        }
      }
    }
    return files;
  }

  private static boolean within(String key, int timeline, SegmentSize size, long first, long last) {
    Optional<WalFileName> segment =
        WalLayout.file(key).or(() -> WalLayout.growing(key).map(WalLayout.Growing::segment));
    return segment
        .filter(file -> file.kind() != WalFileName.Kind.HISTORY)
        .filter(file -> file.timeline() == timeline && file.fits(size))
        .map(file -> file.number(size))
        .filter(number -> number >= first && number <= last)
        .isPresent();
  }
}
