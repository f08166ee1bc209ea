package io.holdfast.api.cluster;

import io.holdfast.api.repository.RepositoryUse;
import jakarta.enterprise.context.ApplicationScoped;

/** Clusters keep the repository that they back up to. */
@ApplicationScoped
public class ClusterUse implements RepositoryUse {
  @Override
  public String of(String repository) {
    long clusters = ClusterEntity.count("repository", repository);
    return clusters == 0 ? null : clusters == 1 ? "a cluster" : clusters + " clusters";
  }
}
