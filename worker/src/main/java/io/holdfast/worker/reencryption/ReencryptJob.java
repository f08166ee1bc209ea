package io.holdfast.worker.reencryption;

import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.RunId;
import io.holdfast.model.job.JobResult.BackedUp;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.chain.BackupChain;
import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.manifest.ManifestStore;
import io.holdfast.worker.rate.RateLimit;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.RepositoryFactory;
import io.holdfast.worker.stored.StoredBackup;
import io.holdfast.worker.transfer.Transfer;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * Makes a second backup with the content of one whose keys are not trusted any more. The first is
 * only read: until the second one's manifest is there it is the backup, and after it both are, so
 * that there is no moment without one. Removing the first is for an expiration.
 *
 * <p>May be done again any number of times: an attempt that finds the second one's manifest has
 * nothing left to do, and any other begins anew.
 */
public final class ReencryptJob {
  private final RepositoryFactory repositories;
  private final Seals seals;
  private final Clock clock;
  private final String version;

  public ReencryptJob(RepositoryFactory repositories, Seals seals, Clock clock, String version) {
    this.repositories = repositories;
    this.seals = seals;
    this.clock = clock;
    this.version = version;
  }

  /**
   * @throws JobFailure KEY_UNAVAILABLE or KEY_REFUSED, before anything is written, when this worker
   *     cannot read the first or could not read the second; BACKUP_NOT_FOUND, NOT_AUTHENTIC,
   *     ARTIFACT_DAMAGED when the first, or what it builds on, is not whole; INVALID_SELECTION when
   *     the parent of the second is not that of the first
   */
  public BackedUp run(JobSpec.Reencrypt spec, Attempt attempt) {
    try (Repository repository = repositories.open(spec.repository())) {
      ManifestStore manifests = new ManifestStore(repository, seals, clock);
      BackupLayout layout = new BackupLayout(spec.sourceCluster(), spec.backupId());
      Optional<Manifest> earlier = manifests.find(layout);
      if (earlier.isPresent()) {
        // An attempt that died after its commit.
        return new BackedUp(earlier.get(), null, manifests.readCommitted(layout).sha256());
      }
      Transfer reading = new Transfer(repository, attempt, RateLimit.none());
      BackupChain original =
          BackupChain.read(
              repository,
              manifests,
              new BackupLayout(spec.sourceCluster(), spec.original()),
              reading,
              attempt);
      original.requireKnown(true, spec.manifestSha256());
      original.asked().seal().requireReadable();
      RunId run = RunId.next(clock);
      Seals.Begun sealing = seals.begin(spec.encryption(), layout.run(run));
      manifests.claim(
          layout, attempt.jobId(), attempt.number(), run, attempt.worker(), spec.parent());
      try {
        attempt.requireHeld();
        manifests.discardOtherRuns(layout, run);
        // After the claim, which keeps it from being removed.
        BackupChain parent = parent(spec, original, repository, manifests, reading, attempt);
        sealing.keep(repository);
        ArtifactRewrite rewrite =
            new ArtifactRewrite(original.asked(), layout, run, repository, sealing);
        Manifest manifest =
            original
                .asked()
                .manifest()
                .reencrypted(
                    spec.backupId(),
                    run,
                    attempt.number(),
                    attempt.jobId(),
                    "holdfast-worker " + version,
                    written(original.asked(), rewrite),
                    parent == null ? null : new Manifest.Parent(spec.parent(), parent.sha256()),
                    sealing.seal().describe());
        attempt.phase("COMMITTING", null);
        if (parent != null) {
          parent.requireUnchanged(repository, manifests);
        }
        attempt.requireHeld();
        Manifest committed = manifests.commit(manifest, sealing.seal());
        if (!committed.runId().equals(run)) {
          discard(manifests, layout, run, null);
        }
        return new BackedUp(committed, null, manifests.readCommitted(layout).sha256());
      } catch (RuntimeException | Error e) {
        discard(manifests, layout, run, e);
        throw e;
      }
    }
  }

  /** Null when the first builds on nothing. */
  private static BackupChain parent(
      JobSpec.Reencrypt spec,
      BackupChain original,
      Repository repository,
      ManifestStore manifests,
      Transfer reading,
      Attempt attempt) {
    BackupId before = original.asked().manifest().parent();
    if (before == null && spec.parent() == null) {
      return null;
    }
    if (before == null || spec.parent() == null) {
      throw unfit(spec, before, "one of the two builds on nothing");
    }
    BackupChain parent =
        BackupChain.readParent(
            repository,
            manifests,
            new BackupLayout(spec.sourceCluster(), spec.parent()),
            reading,
            attempt);
    if (!before.equals(parent.asked().manifest().reencryptedFrom())) {
      throw unfit(
          spec,
          before,
          "that has the content of " + parent.asked().manifest().reencryptedFrom() + " instead");
    }
    return parent;
  }

  private static List<Artifact> written(StoredBackup original, ArtifactRewrite rewrite) {
    Attempt attempt = original.attempt();
    attempt.phase("REENCRYPTING", original.manifest().storedBytes());
    List<Artifact> written = original.manifest().artifacts().stream().map(rewrite::take).toList();
    attempt.phase("READING_BACK", original.manifest().plainBytes());
    written.forEach(rewrite::requireSame);
    if (!rewrite.readable()) {
      attempt.note(
          "NOT_DECRYPTED",
          "what was written was compared byte by byte and not decrypted: this worker has no secret"
              + " key of the new recipients");
    }
    return written;
  }

  private static void discard(
      ManifestStore manifests, BackupLayout layout, RunId run, Throwable because) {
    try {
      boolean unused = manifests.discardRun(layout, run);
    } catch (RuntimeException e) {
      if (because == null) {
        throw e;
      }
      because.addSuppressed(e);
    }
  }

  private static JobFailure unfit(JobSpec.Reencrypt spec, BackupId before, String because) {
    return new JobFailure(
        ErrorCode.INVALID_SELECTION,
        "backup "
            + spec.original()
            + " builds on "
            + before
            + " and was to build on "
            + spec.parent()
            + ": "
            + because,
        "Encrypt anew what it builds on first, and name that.");
  }
}
