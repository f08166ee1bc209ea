package io.holdfast.worker.repository;

import io.holdfast.model.repository.RepositorySpec;

/** Turns what a command says about a repository into one that can be used. */
public interface RepositoryFactory {
  /**
   * Opens a repository with retries around it. The caller closes it. Nothing is contacted yet.
   *
   * @throws io.holdfast.worker.failure.JobFailure COMMAND_REFUSED when this worker's configuration
   *     does not allow the place, CREDENTIALS_UNKNOWN when it has no keys for it
   */
  Repository open(RepositorySpec spec);
}
