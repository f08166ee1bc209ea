package io.holdfast.worker.copy;

import io.holdfast.model.job.JobResult.Copied;
import io.holdfast.model.job.JobResult.CopiedBackup;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.chain.BackupChain;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.manifest.ManifestStore;
import io.holdfast.worker.rate.RateLimit;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.RepositoryFactory;
import io.holdfast.worker.stored.StoredBackup;
import io.holdfast.worker.transfer.Transfer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Copies a backup to another repository: what it builds on first, each member's manifest last. May
 * be done again any number of times, also by two workers at once, since all of them write the same
 * bytes; what is there already, whole, is not sent again.
 */
public final class CopyJob {
  /** What has to be thawed before it can be read, in the words of S3. */
  private static final Set<String> FROZEN = Set.of("GLACIER", "DEEP_ARCHIVE");

  private final RepositoryFactory repositories;
  private final Clock clock;

  public CopyJob(RepositoryFactory repositories, Clock clock) {
    this.repositories = repositories;
    this.clock = clock;
  }

  /**
   * @throws io.holdfast.worker.failure.JobFailure BACKUP_NOT_FOUND, MANIFEST_UNREADABLE or
   *     ARTIFACT_DAMAGED when the source does not hold it whole, NOT_AUTHENTIC when it holds
   *     another one than was recorded, STORED_BYTES_DIFFER when the destination does not hold what
   *     was sent, COPY_DIFFERS when another backup lies there under its name
   */
  public Copied run(JobSpec.Copy spec, Attempt attempt) {
    try (Repository source = repositories.open(spec.repository());
        Repository destination = repositories.open(spec.destination())) {
      attempt.phase("LOOKING", null);
      ManifestStore manifests = new ManifestStore(source, clock);
      BackupChain chain =
          BackupChain.read(
              source,
              manifests,
              new BackupLayout(spec.sourceCluster(), spec.backupId()),
              new Transfer(source, attempt, RateLimit.none()),
              attempt);
      // Before anything is sent: who copies an exchanged backup makes it look like two witnesses.
      chain.requireKnown(spec.encrypted(), spec.manifestSha256());
      boolean readBack = readable(spec.destination());
      BackupCopy copy =
          new BackupCopy(
              source, manifests, destination, new ManifestStore(destination, clock), readBack);
      List<CopiedBackup> copied = new ArrayList<>();
      for (StoredBackup member : chain.members()) {
        copied.add(copy.take(member, chain.sha256(member)));
      }
      return new Copied(
          spec.backupId(),
          spec.destination().name(),
          copied,
          copy.objectsSent(),
          copy.bytesSent(),
          readBack);
    }
  }

  private static boolean readable(RepositorySpec repository) {
    return switch (repository) {
      case S3RepositorySpec s3 -> s3.storageClass() == null || !FROZEN.contains(s3.storageClass());
      case FilesystemRepositorySpec directory -> true;
    };
  }
}
