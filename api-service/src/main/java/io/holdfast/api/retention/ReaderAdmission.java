package io.holdfast.api.retention;

import io.holdfast.api.backup.BackupCatalog;
import io.holdfast.api.job.JobAdmission;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.job.JobSpec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;

/** No job begins to read a backup that is to be removed. */
@ApplicationScoped
public class ReaderAdmission implements JobAdmission {
  @Inject ClusterLock lock;
  @Inject BackupCatalog catalog;

  @Override
  @Transactional(Transactional.TxType.MANDATORY)
  public void admit(JobSpec spec) {
    Reads.of(spec)
        .ifPresent(
            read -> {
              lock.toRead(read.cluster());
              if (catalog.leaving(read.backupId(), spec.repository().name())) {
                throw new ApiProblem(
                    409,
                    "backup-expired",
                    "Backup " + read.backupId() + " is being removed, or is gone.",
                    "GET /backups/" + read.backupId() + " says why; choose another.");
              }
            });
  }
}
