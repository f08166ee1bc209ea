package io.holdfast.worker.expire;

import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.FormerSystem;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.job.WalRange;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.BackupFolders;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.WalStretch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Removes what lies in archives and is no part of what they promise: all WAL of systems that the
 * cluster was before, content that was put aside where nothing is needed any more, and beginnings
 * of segments that lie there whole or are needed no more.
 */
final class WalLeftovers {
  private final Repository repository;
  private final String cluster;
  private final Fence fence;
  private final Removed removed;

  /**
   * @param fence null in a dry run
   */
  WalLeftovers(Repository repository, String cluster, Fence fence, Removed removed) {
    this.repository = repository;
    this.cluster = cluster;
    this.fence = fence;
    this.removed = removed;
  }

  /**
   * @param gone backups that need nothing any more, although a dry run still shows them
   * @return systems of which nothing is left
   */
  List<String> former(
      List<FormerSystem> systems,
      BackupFolders folders,
      List<BackupId> gone,
      List<Finding> findings) {
    List<String> done = new ArrayList<>();
    for (FormerSystem system : systems) {
      String id = system.systemIdentifier();
      Optional<String> needed = needed(id, folders, gone);
      if (needed.isPresent()) {
        findings.add(
            new Finding(
                "wal",
                "WARNING",
                "WAL of system " + id + " stays: " + needed.get(),
                "The repository knows more than the catalog: scan it."));
        continue;
      }
      long before = removed.objects();
      String folder = new WalLayout(cluster, id).folder();
      discard(folder, key -> true);
      // In the order of names: wrapped keys go last, so that what is left can be read.
      boolean all = remove(repository.list(folder), findings);
      if (all) {
        done.add(id);
      }
      findings.add(
          new Finding(
              "wal", "OK", count(before) + " of system " + id + ": " + system.because(), null));
    }
    return done;
  }

  private static Optional<String> needed(
      String system, BackupFolders folders, List<BackupId> gone) {
    return folders.ids().stream()
        .filter(id -> folders.exists(id) && !gone.contains(id))
        .map(folders::manifest)
        .filter(manifest -> manifest.wal() != null && manifest.source() != null)
        .filter(manifest -> system.equals(manifest.source().systemIdentifier()))
        .findFirst()
        .map(manifest -> "backup " + manifest.backupId() + ", which stays, is of it");
  }

  /**
   * @param unneeded stretches of which nothing is needed
   */
  void sweep(List<WalRange> unneeded, List<Finding> findings) {
    Map<String, List<WalStretch>> systems =
        unneeded.stream()
            .collect(
                Collectors.groupingBy(
                    WalRange::systemIdentifier,
                    TreeMap::new,
                    Collectors.mapping(WalStretch::new, Collectors.toList())));
    systems.forEach(
        (system, stretches) -> {
          WalLayout layout = new WalLayout(cluster, system);
          List<ObjectStat> objects = repository.list(layout.folder());
          Set<String> whole =
              objects.stream().map(ObjectStat::key).collect(Collectors.toCollection(HashSet::new));
          long before = removed.objects();
          discard(layout.folder(), key -> whole.contains(key) || unneeded(key, stretches));
          boolean unused =
              remove(
                  objects.stream()
                      .filter(object -> leftover(layout, object.key(), whole, stretches))
                      .toList(),
                  findings);
          findings.add(
              new Finding(
                  "wal",
                  "OK",
                  count(before)
                      + " that were put aside or never finished, where nothing is needed any more",
                  null));
        });
  }

  private static boolean leftover(
      WalLayout layout, String key, Set<String> whole, List<WalStretch> stretches) {
    Optional<WalLayout.Growing> growing = WalLayout.growing(key);
    if (growing.isPresent()) {
      return whole.contains(layout.key(growing.get().segment())) || unneeded(key, stretches);
    }
    return WalLayout.conflict(key).isPresent() && unneeded(key, stretches);
  }

  private static boolean unneeded(String key, List<WalStretch> stretches) {
    return stretches.stream().anyMatch(stretch -> stretch.holds(key));
  }

  private void discard(String folder, Predicate<String> dead) {
    if (fence != null) {
      fence.require();
      repository.discardUnfinished(folder, dead);
    }
  }

  /** Whether all are gone, or would be; false when the store keeps one for now. */
  private boolean remove(List<ObjectStat> objects, List<Finding> findings) {
    for (ObjectStat object : objects) {
      try {
        removed.object(object);
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
    return true;
  }

  private String count(long before) {
    return (removed.objects() - before)
        + " files "
        + (removed.dryRun() ? "would be removed" : "were removed");
  }
}
