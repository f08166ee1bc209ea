package io.holdfast.api.job;

import io.holdfast.model.job.JobSpec;

/** Whoever may refuse a job; jobs depend on none of them, they on jobs. */
public interface JobAdmission {
  /**
   * Asked in the transaction that records the job, before it does.
   *
   * @throws io.holdfast.api.problem.ApiProblem when it may not be
   */
  void admit(JobSpec spec);
}
