package io.holdfast.worker.job;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.node.NodeProbe;
import io.holdfast.worker.probe.ProbeJob;
import io.holdfast.worker.repository.RepositoryFactory;
import jakarta.enterprise.context.ApplicationScoped;

/** Where each verb is done. */
@ApplicationScoped
class JobRooms implements JobBody {
  private final RepositoryFactory repositories;
  private final NodeProbe nodes;

  JobRooms(RepositoryFactory repositories, NodeProbe nodes) {
    this.repositories = repositories;
    this.nodes = nodes;
  }

  @Override
  public JobResult run(JobSpec spec, Attempt attempt) {
    return switch (spec) {
      case JobSpec.Probe probe -> new ProbeJob(repositories).run(probe, attempt);
      case JobSpec.Backup backup -> throw unable("BACKUP");
      case JobSpec.Restore restore -> throw unable("RESTORE");
      case JobSpec.Verify verify -> throw unable("VERIFY");
      case JobSpec.Check check -> throw unable("CHECK");
    };
  }

  private static JobFailure unable(String verb) {
    return new JobFailure(
        ErrorCode.TOOLS_MISSING,
        "this worker cannot do " + verb + " jobs",
        "use a worker of a newer version");
  }

  Topology topology(ClusterSpec cluster) {
    return nodes.probe(cluster);
  }
}
