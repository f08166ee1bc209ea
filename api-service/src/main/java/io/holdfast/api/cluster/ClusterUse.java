package io.holdfast.api.cluster;

import io.holdfast.api.repository.RepositoryUse;
import jakarta.enterprise.context.ApplicationScoped;

/** Clusters keep the repository that they back up to. */
@ApplicationScoped
public class ClusterUse implements RepositoryUse {
  @Override
  public String of(String repository) {
    long clusters =
        ClusterEntity.<ClusterEntity>listAll().stream()
            .filter(row -> row.repository.equals(repository) || copiedTo(row, repository))
            .count();
    return clusters == 0 ? null : clusters == 1 ? "a cluster" : clusters + " clusters";
  }

  private static boolean copiedTo(ClusterEntity row, String repository) {
    return ClusterService.copies(row).stream()
        .anyMatch(copy -> copy.repository().equals(repository));
  }
}
