package io.holdfast.api.repository;

import io.holdfast.model.repository.RepositorySpec;

/** How a repository gets itself probed; jobs depend on repositories, not the other way round. */
public interface ProbeJobs {
  /**
   * Submits a probe in the caller's transaction.
   *
   * @param triggeredBy id of the key behind the request
   * @return the id of the job
   */
  String submit(RepositorySpec repository, String pool, String triggeredBy);
}
