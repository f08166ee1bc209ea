package io.holdfast.api.retention;

import io.holdfast.api.backup.BackupRemoval;
import io.holdfast.api.job.JobCancelled;
import io.holdfast.api.job.JobEntity;
import io.holdfast.api.job.JobFailed;
import io.holdfast.api.job.JobSucceeded;
import io.holdfast.api.ledger.ExpiredWal;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.JobId;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.job.WalRange;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.UUID;

/**
 * Writes down what became of expirations. One that did not get to its end leaves its backups
 * expiring, because nobody knows how far it got, and the next one carries on; one that no worker
 * ever began has changed nothing.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class ExpirationOutcome {
  @Inject BackupRemoval backups;
  @Inject ExpiredWal expired;

  void succeeded(@Observes JobSucceeded done) {
    if (done.spec() instanceof JobSpec.Expire spec
        && done.result() instanceof JobResult.Expired result
        && !spec.dryRun()) {
      backups.expired(done.jobId(), result.backups(), done.at());
      backups.spared(done.jobId(), result.kept().stream().map(JobResult.Kept::backupId).toList());
      List<WalRange> left =
          spec.wal().stream().filter(range -> !result.wal().contains(range)).toList();
      expired.takeBack(spec.cluster(), done.jobId(), left);
      // As far as it got where the store would not let go of the rest.
      expired.add(spec.cluster(), spec.repository().name(), done.jobId(), result.wal());
      expired.addAll(spec.cluster(), spec.repository().name(), done.jobId(), result.former());
    }
  }

  void failed(@Observes JobFailed done) {
    // A command whose job is over its deadline may still be on its way to a worker.
    boolean onItsWay = done.problem().code().equals(ErrorCode.DEADLINE_EXCEEDED.name());
    if (done.spec() instanceof JobSpec.Expire spec && !onItsWay) {
      neverBegun(done.jobId(), spec);
    }
  }

  void cancelled(@Observes JobCancelled done) {
    if (done.spec() instanceof JobSpec.Expire spec) {
      neverBegun(done.jobId(), spec);
    }
  }

  private void neverBegun(JobId jobId, JobSpec.Expire spec) {
    JobEntity job = JobEntity.findById(UUID.fromString(jobId.value()));
    if (!spec.dryRun() && job != null && job.startedAt == null) {
      backups.untouched(jobId);
      expired.takeBack(spec.cluster(), jobId, spec.wal());
    }
  }
}
