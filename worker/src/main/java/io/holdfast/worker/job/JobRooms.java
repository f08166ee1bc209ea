package io.holdfast.worker.job;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.failure.JobFailure;
import jakarta.enterprise.context.ApplicationScoped;

/** Where each verb is done. */
@ApplicationScoped
class JobRooms implements JobBody {
  @Override
  public JobResult run(JobSpec spec, Attempt attempt) {
    throw new JobFailure(
        ErrorCode.INVALID_SELECTION,
        "this worker cannot do " + spec.getClass().getSimpleName() + " jobs",
        "use a worker of a newer version");
  }

  Topology topology(ClusterSpec cluster) {
    throw new JobFailure(
        ErrorCode.INVALID_SELECTION, "this worker cannot look at clusters", "use a newer one");
  }
}
