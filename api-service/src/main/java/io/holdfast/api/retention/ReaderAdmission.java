package io.holdfast.api.retention;

import io.holdfast.api.backup.BackupRemoval;
import io.holdfast.api.job.JobAdmission;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.job.JobSpec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;

/**
 * No job begins to read a backup that is to be removed, or to bring one to where backups of its
 * cluster are being removed: one that it builds on might be among them.
 */
@ApplicationScoped
public class ReaderAdmission implements JobAdmission {
  @Inject ClusterLock lock;
  @Inject BackupRemoval removal;
  @Inject RetentionCatalog catalog;

  @Override
  @Transactional(Transactional.TxType.MANDATORY)
  public void admit(JobSpec spec) {
    Reads.of(spec)
        .ifPresent(
            read -> {
              lock.toRead(read.cluster());
              if (removal.leaving(read.backupId(), spec.repository().name())) {
                throw new ApiProblem(
                    409,
                    "backup-expired",
                    "Backup " + read.backupId() + " is being removed, or is gone.",
                    "GET /backups/" + read.backupId() + " says why; choose another.");
              }
              if (spec instanceof JobSpec.Copy copy) {
                requireQuiet(read.cluster(), copy.destination().name());
              }
            });
  }

  private void requireQuiet(String cluster, String repository) {
    for (String job : catalog.expirations(cluster, repository)) {
      throw new ApiProblem(
          409,
          "expiration-running",
          "Job " + job + " removes backups of '" + cluster + "' from '" + repository + "'.",
          "Copy when it is done.");
    }
  }
}
