package io.holdfast.worker.expire;

import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.RunId;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.job.Sweep;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.BackupFolders;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.manifest.Claim;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Removes what attempts left that published nothing. An attempt is dead when its mark is older than
 * the grace and its job is over; without a mark nobody knows, and it stays.
 */
final class Sweeping {
  private static final int LARGEST_MARK_BYTES = 64 * 1024;

  private final Repository repository;
  private final String cluster;
  private final Fence fence;
  private final Removed removed;
  private final Clock clock;

  /**
   * @param fence null in a dry run
   */
  Sweeping(Repository repository, String cluster, Fence fence, Removed removed, Clock clock) {
    this.repository = repository;
    this.cluster = cluster;
    this.fence = fence;
    this.removed = removed;
    this.clock = clock;
  }

  /**
   * @param gone backups whose folders were dealt with
   */
  void run(Sweep sweep, BackupFolders folders, List<BackupId> gone, List<Finding> findings) {
    Instant before = clock.instant().minus(sweep.olderThan());
    Set<BackupId> busy = new HashSet<>(sweep.unfinished());
    long objects = removed.objects();
    if (fence != null) {
      fence.require();
      repository.discardUnfinished(
          BackupLayout.backups(cluster),
          key ->
              id(key).filter(id -> !busy.contains(id)).isPresent()
                  && deadRun(folders, id(key).get(), key, before));
    }
    for (BackupId id : folders.ids()) {
      if (!busy.contains(id) && !gone.contains(id)) {
        sweep(folders, id, before);
      }
    }
    repository.list(BackupLayout.expirations(cluster)).stream()
        .filter(mark -> at(mark.key()).isBefore(before))
        .forEach(this::remove);
    findings.add(
        new Finding(
            "sweep",
            "OK",
            (removed.objects() - objects)
                + " objects of attempts that ended before "
                + before
                + (removed.dryRun() ? " would be removed" : " were removed"),
            null));
  }

  private void sweep(BackupFolders folders, BackupId id, Instant before) {
    BackupLayout layout = folders.layout(id);
    List<ObjectStat> objects = folders.objects(id);
    if (folders.buried(id) && !folders.exists(id)) {
      if (objects.size() == 1 && folders.tombstone(id).at().isBefore(before)) {
        remove(objects.getFirst());
      }
      return;
    }
    for (ObjectStat object : objects) {
      if (!object.key().startsWith(layout.claims()) && deadRun(folders, id, object.key(), before)) {
        removed.object(object);
      }
    }
    // The marks last: without them nobody would know any more that the rest is dead.
    if (!folders.exists(id) && dead(folders, id, before)) {
      objects.stream()
          .filter(object -> object.key().startsWith(layout.claims()))
          .forEach(this::remove);
    }
  }

  /** False when the store keeps it for now: then it is swept another time. */
  private boolean remove(ObjectStat object) {
    try {
      removed.object(object);
      return true;
    } catch (JobFailure failure) {
      if (failure.code() != ErrorCode.OBJECT_LOCKED) {
        throw failure;
      }
      return false;
    }
  }

  /** Whether a key is of a run that is over and that no manifest names. */
  private static boolean deadRun(BackupFolders folders, BackupId id, String key, Instant before) {
    return run(folders.layout(id), key)
        .filter(run -> !folders.exists(id) || !folders.manifest(id).runId().equals(run))
        .filter(run -> dead(folders, id, before))
        .isPresent();
  }

  private static boolean dead(BackupFolders folders, BackupId id, Instant before) {
    return folders.newestClaim(id).filter(claim -> claim.at().isBefore(before)).isPresent();
  }

  private static Optional<RunId> run(BackupLayout layout, String key) {
    String name = layout.object(key);
    int slash = name.indexOf('/');
    try {
      return slash < 0 ? Optional.empty() : Optional.of(new RunId(name.substring(0, slash)));
    } catch (IllegalArgumentException noRun) {
      return Optional.empty();
    }
  }

  private Optional<BackupId> id(String key) {
    String name = key.substring(BackupLayout.backups(cluster).length());
    try {
      return Optional.of(new BackupId(name.substring(0, Math.max(0, name.indexOf('/')))));
    } catch (IllegalArgumentException notOurs) {
      return Optional.empty();
    }
  }

  /** When an expiration began; one whose mark cannot be read counts as beginning now. */
  private Instant at(String mark) {
    try (InputStream in = repository.open(mark)) {
      return Wire.read(in.readNBytes(LARGEST_MARK_BYTES), Claim.class).at();
    } catch (IOException | UncheckedIOException unreadable) {
      return clock.instant();
    }
  }
}
