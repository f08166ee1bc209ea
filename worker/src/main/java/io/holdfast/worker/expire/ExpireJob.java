package io.holdfast.worker.expire;

import io.holdfast.model.BackupId;
import io.holdfast.model.job.JobResult.Expired;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.job.JobResult.Kept;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.job.WalRange;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.manifest.BackupFolders;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.RepositoryFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes what a plan says. First every manifest goes, so that nothing half removed can be taken
 * for a backup; then the repository is asked again whether something builds on what is to go, and
 * what does is put back; then the objects go. Whatever is missing is done, so that any attempt
 * carries on where the one before it died.
 */
public final class ExpireJob {
  /** An attempt at a backup that began longer ago is not running any more. */
  private static final Duration LONGEST_ATTEMPT = Duration.ofDays(7);

  private final RepositoryFactory repositories;
  private final Clock clock;

  public ExpireJob(RepositoryFactory repositories, Clock clock) {
    this.repositories = repositories;
    this.clock = clock;
  }

  public Expired run(JobSpec.Expire spec, Attempt attempt) {
    try (Repository repository = repositories.open(spec.repository())) {
      attempt.phase("LOOKING", null);
      Fence fence = spec.dryRun() ? null : Fence.raise(repository, spec.cluster(), attempt, clock);
      Removed removed = new Removed(repository, attempt, spec.dryRun());
      List<Finding> findings = new ArrayList<>();

      BackupExpiry backups =
          new BackupExpiry(
              repository,
              fence,
              new Graves(repository, clock, attempt.jobId()),
              removed,
              clock.instant(),
              clock.instant().minus(LONGEST_ATTEMPT),
              attempt);
      BackupFolders folders =
          backups.run(BackupFolders.list(repository, spec.cluster()), spec.backups(), findings);
      List<BackupId> gone = backups.gone();
      List<Kept> kept = backups.kept();

      attempt.phase("REMOVING WAL", null);
      List<WalRange> wal =
          new WalExpiry(repository, spec.cluster(), fence, removed)
              .run(spec.wal(), folders, gone, findings);

      WalLeftovers leftovers = new WalLeftovers(repository, spec.cluster(), fence, removed);
      List<String> former = leftovers.former(spec.former(), folders, gone, findings);

      if (spec.sweep() != null) {
        attempt.phase("SWEEPING", null);
        new Sweeping(repository, spec.cluster(), fence, removed, clock)
            .run(spec.sweep(), folders, gone, findings);
        leftovers.sweep(spec.sweep().wal(), findings);
      }
      return new Expired(
          spec.dryRun(), gone, kept, wal, removed.objects(), removed.bytes(), findings, former);
    }
  }
}
