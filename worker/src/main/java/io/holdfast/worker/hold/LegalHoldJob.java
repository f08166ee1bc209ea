package io.holdfast.worker.hold;

import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.JobResult.Held;
import io.holdfast.model.job.JobSpec;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.repository.RepositoryFactory;

/**
 * Has the store keep every object of some backups, and let go of those of others. Both can be done
 * again, so that any attempt carries on where the one before it died.
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
      long objects = 0;
      attempt.phase("HOLDING", null);
      for (BackupId id : spec.held()) {
        BackupLayout layout = new BackupLayout(spec.cluster(), id);
        requireExists(repository, layout);
        objects += apply(repository, layout, true, attempt);
      }
      attempt.phase("RELEASING", null);
      for (BackupId id : spec.released()) {
        objects += apply(repository, new BackupLayout(spec.cluster(), id), false, attempt);
      }
      return new Held(spec.held(), spec.released(), objects);
    }
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
      Repository repository, BackupLayout layout, boolean held, Attempt attempt) {
    long objects = 0;
    for (ObjectStat object : repository.list(layout.folder())) {
      attempt.requireHeld();
      repository.hold(object.key(), held);
      attempt.advanced(0);
      objects++;
    }
    return objects;
  }
}
