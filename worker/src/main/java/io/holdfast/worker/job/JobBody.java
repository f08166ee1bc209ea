package io.holdfast.worker.job;

import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.worker.attempt.Attempt;

/** What a job does, on the job's own thread. */
interface JobBody {
  /**
   * @throws RuntimeException a {@link io.holdfast.worker.failure.JobFailure} for what the job can
   *     name, {@link io.holdfast.worker.failure.JobStopped} when it was told to stop, anything else
   *     for a defect
   */
  JobResult run(JobSpec spec, Attempt attempt);
}
