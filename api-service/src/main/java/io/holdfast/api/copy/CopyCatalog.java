package io.holdfast.api.copy;

import io.holdfast.api.backup.BackupCopyEntity;
import io.holdfast.api.backup.BackupEntity;
import io.holdfast.api.job.JobFailed;
import io.holdfast.api.job.JobSucceeded;
import io.holdfast.model.Problem;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobResult.CopiedBackup;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** Writes down what became of copies, in the transaction that takes the news. */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class CopyCatalog {
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);
  private static final int MOST_DOUBLINGS = 12;

  @Inject CopyConfig config;
  @Inject Clock clock;

  void succeeded(@Observes JobSucceeded done) {
    if (done.result() instanceof JobResult.Copied copied) {
      for (CopiedBackup backup : copied.backups()) {
        copied(copied, backup, done);
      }
    }
    if (done.result() instanceof JobResult.WalCopied copied) {
      WalCopyEntity row = WalCopyEntity.find(copied.cluster(), copied.repository());
      if (row != null) {
        row.copiedAt = copied.listedAt();
        row.copiedLsn = row.askedLsn;
        row.failures = 0;
        row.nextAt = null;
        row.problem = null;
      }
    }
  }

  private void copied(JobResult.Copied copied, CopiedBackup backup, JobSucceeded done) {
    UUID id = UUID.fromString(backup.backupId().value());
    BackupEntity original = BackupEntity.findById(id);
    if (original == null || original.repository.equals(copied.repository())) {
      // A member of a chain that the catalog does not know: a scan finds both places.
      return;
    }
    BackupCopyEntity row = BackupCopyEntity.at(id, copied.repository(), done.at());
    row.arrives(copied.readBack() ? BackupCopyEntity.VERIFIED : BackupCopyEntity.COPIED);
    row.jobId = UUID.fromString(done.jobId().value());
    row.verifiedAt = copied.readBack() ? done.at() : row.verifiedAt;
    row.storedBytes = backup.storedBytes();
    row.manifestSha256 = backup.manifestSha256();
    row.failures = 0;
    row.nextAt = null;
    row.problem = null;
  }

  void failed(@Observes JobFailed done) {
    if (done.spec() instanceof JobSpec.Copy copy) {
      BackupCopyEntity row =
          BackupCopyEntity.findById(
              new BackupCopyEntity.Key(
                  UUID.fromString(copy.backupId().value()), copy.destination().name()));
      if (row != null && row.state.equals(BackupCopyEntity.COPYING)) {
        failed(row, done.problem());
      }
    }
    if (done.spec() instanceof JobSpec.CopyWal copy) {
      WalCopyEntity row = WalCopyEntity.find(copy.sourceCluster(), copy.destination().name());
      if (row != null) {
        row.nextAt = next(row.failures++);
        row.problem = Wire.text(done.problem());
      }
    }
  }

  void failed(BackupCopyEntity row, Problem problem) {
    row.state = BackupCopyEntity.FAILED;
    row.nextAt = next(row.failures++);
    row.problem = problem == null ? null : Wire.text(problem);
  }

  private Instant next(int failures) {
    Duration wait = config.retryBackoff().multipliedBy(1L << Math.min(failures, MOST_DOUBLINGS));
    return clock.instant().plus(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
  }
}
