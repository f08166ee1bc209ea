package io.holdfast.worker.probe;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.job.JobResult.Checked;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.job.JobSpec;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.check.ClusterCheck;
import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.RepositoryFactory;
import java.util.ArrayList;
import java.util.List;

/** Looks at all that a backup of a cluster needs, and says each in a sentence. */
public final class CheckJob {
  private final RepositoryFactory repositories;
  private final ClusterCheck clusters;
  private final Seals seals;

  public CheckJob(RepositoryFactory repositories, ClusterCheck clusters, Seals seals) {
    this.repositories = repositories;
    this.clusters = clusters;
    this.seals = seals;
  }

  public Checked run(JobSpec.Check spec, Attempt attempt) {
    attempt.phase("CHECKING " + spec.cluster().name(), null);
    List<Finding> findings = new ArrayList<>(clusters.check(spec.cluster()));
    if (spec.cluster().encryption() != null) {
      findings.add(keys(spec.cluster()));
    }
    attempt.phase("PROBING " + spec.repository().name(), null);
    try (Repository repository = repositories.open(spec.repository())) {
      findings.addAll(ProbeJob.findings(spec.repository(), repository.probe()));
    } catch (JobFailure failure) {
      if (failure.code() == ErrorCode.COMMAND_REFUSED) {
        throw failure;
      }
      // What is wrong is what a check is for: it is told, and the check goes on.
      findings.add(new Finding("repository", "FAILED", failure.getMessage(), failure.hint()));
    }
    return new Checked(findings);
  }

  /** As before a backup: the keys are used, and nothing is written. */
  private Finding keys(ClusterSpec cluster) {
    try {
      Seals.Begun unused =
          seals.begin(cluster.encryption(), "clusters/" + cluster.name() + "/check/");
      return new Finding("keys", "OK", "this worker has the keys to encrypt with", null);
    } catch (JobFailure failure) {
      return new Finding("keys", "FAILED", failure.getMessage(), failure.hint());
    }
  }
}
