package io.holdfast.api.backup;

import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.repository.RepositorySpec;

/**
 * The declared resources as commands carry them. Every method throws {@link
 * io.holdfast.api.problem.ApiProblem} 404 for what is not declared or outside the caller's scope.
 */
public interface Declared {
  ClusterSpec cluster(String name);

  /** The pool of workers that sits next to the cluster. */
  String pool(String cluster);

  /** The name of the repository that the cluster's backups go to. */
  String repositoryOf(String cluster);

  RepositorySpec repository(String name);
}
