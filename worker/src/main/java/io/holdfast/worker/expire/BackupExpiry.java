package io.holdfast.worker.expire;

import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.Doomed;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.job.JobResult.Kept;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.BackupFolders;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Removes backups: all of their manifests, a second look, then their objects. */
final class BackupExpiry {
  private final Repository repository;
  private final Fence fence;
  private final Graves graves;
  private final Removed removed;
  private final Instant now;
  private final Instant living;
  private final Attempt attempt;
  private final Map<BackupId, String> going = new LinkedHashMap<>();
  private final List<BackupId> gone = new ArrayList<>();
  private final List<Kept> kept = new ArrayList<>();

  /**
   * @param fence null in a dry run
   * @param now by which holds end
   * @param living attempts at backups that began after it may still run
   */
  BackupExpiry(
      Repository repository,
      Fence fence,
      Graves graves,
      Removed removed,
      Instant now,
      Instant living,
      Attempt attempt) {
    this.repository = repository;
    this.fence = fence;
    this.graves = graves;
    this.removed = removed;
    this.now = now;
    this.living = living;
    this.attempt = attempt;
  }

  /**
   * @return what lies in the repository afterwards, with the objects that were removed
   */
  BackupFolders run(BackupFolders before, List<Doomed> doomed, List<Finding> findings) {
    doomed.forEach(one -> going.put(one.backupId(), one.because()));
    spare(before);
    BackupFolders folders = before;
    if (!removed.dryRun() && !going.isEmpty()) {
      attempt.phase("REMOVING MANIFESTS", null);
      List.copyOf(going.keySet()).forEach(id -> bury(before, id));
      // Whoever began to build on one of them before its manifest was gone has left a claim by now.
      folders = before.again();
      spare(folders);
    }
    attempt.phase("REMOVING OBJECTS", bytes(folders));
    for (BackupId id : going.keySet()) {
      remove(folders, id, findings);
    }
    findings.add(finding());
    return folders;
  }

  private void bury(BackupFolders before, BackupId id) {
    if (!going.containsKey(id)) {
      return;
    }
    fence.require();
    try {
      graves.bury(before.layout(id), going.get(id));
    } catch (JobFailure failure) {
      requireLocked(failure);
      going.remove(id);
      kept.add(new Kept(id, failure.getMessage()));
      // What it builds on comes behind it, and stays too.
      spare(before);
    }
  }

  private static void requireLocked(JobFailure failure) {
    if (failure.code() != ErrorCode.OBJECT_LOCKED) {
      throw failure;
    }
  }

  /** Lets go of what is still built upon, as far as it can be: a backup without objects cannot. */
  private void spare(BackupFolders folders) {
    Needs needs = Needs.of(folders, going.keySet(), now, living);
    for (BackupId id : List.copyOf(going.keySet())) {
      if (needs.contains(id) && spareable(folders, id)) {
        going.remove(id);
        kept.add(new Kept(id, needs.because().get(id)));
        if (folders.buried(id) && !removed.dryRun()) {
          fence.require();
          graves.raise(folders.layout(id));
        }
      }
    }
  }

  private static boolean spareable(BackupFolders folders, BackupId id) {
    return folders.exists(id) || folders.remembered(id).filter(folders::whole).isPresent();
  }

  private long bytes(BackupFolders folders) {
    return going.keySet().stream()
        .flatMap(id -> folders.objects(id).stream())
        .mapToLong(ObjectStat::bytes)
        .sum();
  }

  private void remove(BackupFolders folders, BackupId id, List<Finding> findings) {
    BackupLayout layout = folders.layout(id);
    if (!removed.dryRun()) {
      fence.require();
      repository.discardUnfinished(layout.folder());
    }
    try {
      folders.objects(id).stream()
          .filter(object -> !object.key().equals(layout.tombstone()))
          .forEach(removed::object);
      gone.add(id);
    } catch (JobFailure failure) {
      requireLocked(failure);
      findings.add(
          new Finding(
              "backups",
              "WARNING",
              "backup " + id + " is half removed: " + failure.getMessage(),
              "An expiration after the lock has run out removes the rest."));
    }
  }

  private Finding finding() {
    return new Finding(
        "backups",
        kept.isEmpty() ? "OK" : "WARNING",
        gone.size()
            + " backups "
            + (removed.dryRun() ? "would be" : "were")
            + " removed"
            + (kept.isEmpty() ? "" : ", " + kept.size() + " stay: " + kept.getFirst().because()),
        kept.isEmpty() ? null : "See what keeps each of them.");
  }

  /** What was removed, or in a dry run would be. */
  List<BackupId> gone() {
    return List.copyOf(gone);
  }

  /** What was to go and stays. */
  List<Kept> kept() {
    return List.copyOf(kept);
  }
}
