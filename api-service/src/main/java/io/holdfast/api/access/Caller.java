package io.holdfast.api.access;

import java.util.Optional;
import java.util.Set;

/** The authenticated key behind the current request. Injected, request-scoped. */
public interface Caller {
  /** Id of the key, as in audit rows and in {@code trigger} of a job. */
  String keyId();

  boolean hasRole(String role);

  /** The clusters this key is scoped to; empty when it may see every cluster. Used in queries. */
  Optional<Set<String>> clusterScope();

  /**
   * Refuses a cluster outside the scope as if it did not exist.
   *
   * @throws io.holdfast.api.problem.ApiProblem 404 {@code not-found}
   */
  void requireCluster(String cluster);

  /**
   * Refuses a key that is scoped to clusters, for what concerns all of them.
   *
   * @throws io.holdfast.api.problem.ApiProblem 403 {@code forbidden}
   */
  void requireAllClusters();
}
