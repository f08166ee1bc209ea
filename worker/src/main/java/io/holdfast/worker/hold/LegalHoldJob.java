package io.holdfast.worker.hold;

import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.HoldOnBackup;
import io.holdfast.model.job.JobResult.Held;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.job.WalRange;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.repository.RepositoryFactory;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.WalStretch;
import java.util.List;
import java.util.function.Predicate;

/**
 * Writes holds down beside the manifests of backups, and has the store keep every object of some
 * backups and their WAL, and let go of those of others. All of it can be done again, so that any
 * attempt carries on where the one before it died.
 */
public final class LegalHoldJob {
  private final RepositoryFactory repositories;

  public LegalHoldJob(RepositoryFactory repositories) {
    this.repositories = repositories;
  }

  /**
   * @throws JobFailure BACKUP_NOT_FOUND when one that is to be held does not exist,
   *     REPOSITORY_REFUSED where the store has no holds
   */
  public Held run(JobSpec.LegalHold spec, Attempt attempt) {
    try (Repository repository = repositories.open(spec.repository())) {
      attempt.phase("WRITING_DOWN", null);
      spec.notes().forEach(note -> write(repository, spec.cluster(), note));
      long objects = 0;
      attempt.phase("HOLDING", null);
      for (BackupId id : spec.held()) {
        BackupLayout layout = new BackupLayout(spec.cluster(), id);
        requireExists(repository, layout);
        objects += apply(repository, layout.folder(), key -> true, true, attempt);
      }
      List<WalStretch> wal = spec.wal().stream().map(WalStretch::new).toList();
      for (WalStretch stretch : wal) {
        objects += apply(repository, spec.cluster(), stretch, stretch::holds, true, attempt);
      }
      attempt.phase("RELEASING", null);
      for (BackupId id : spec.released()) {
        BackupLayout layout = new BackupLayout(spec.cluster(), id);
        objects += apply(repository, layout.folder(), key -> true, false, attempt);
      }
      for (WalRange range : spec.releasedWal()) {
        WalStretch stretch = new WalStretch(range);
        objects +=
            apply(
                repository,
                spec.cluster(),
                stretch,
                key -> stretch.holds(key) && wal.stream().noneMatch(held -> held.holds(key)),
                false,
                attempt);
      }
      return new Held(spec.held(), spec.released(), objects);
    }
  }

  private static void write(Repository repository, String cluster, HoldOnBackup note) {
    BackupLayout layout = new BackupLayout(cluster, note.backupId());
    boolean lifted = note.hold().liftedAt() != null;
    if (lifted && repository.stat(layout.manifest()).isEmpty()) {
      // It is gone: there is nothing to let go of.
      return;
    }
    requireExists(repository, layout);
    // False when an attempt before this one wrote it. The store's lock would outlast the hold.
    boolean unused =
        repository.createPassing(layout.hold(note.hold().id(), lifted), Wire.document(note.hold()));
  }

  private static void requireExists(Repository repository, BackupLayout layout) {
    if (repository.stat(layout.manifest()).isEmpty()) {
      throw new JobFailure(
          ErrorCode.BACKUP_NOT_FOUND,
          "the repository has no backup " + layout.backupId() + " to hold",
          "List the backups of the cluster.");
    }
  }

  private static long apply(
      Repository repository,
      String cluster,
      WalStretch stretch,
      Predicate<String> which,
      boolean held,
      Attempt attempt) {
    WalLayout layout = new WalLayout(cluster, stretch.range().systemIdentifier());
    long objects = 0;
    for (long logId = stretch.firstLogId(); logId <= stretch.lastLogId(); logId++) {
      objects +=
          apply(
              repository,
              layout.segments(stretch.range().timeline(), logId),
              key -> which.test(key) && WalLayout.file(key).isPresent(),
              held,
              attempt);
    }
    return objects;
  }

  private static long apply(
      Repository repository,
      String folder,
      Predicate<String> which,
      boolean held,
      Attempt attempt) {
    long objects = 0;
    for (ObjectStat object : repository.list(folder)) {
      if (which.test(object.key())) {
        attempt.requireHeld();
        repository.hold(object.key(), held);
        attempt.advanced(0);
        objects++;
      }
    }
    return objects;
  }
}
