package io.holdfast.api.cluster;

import java.util.List;

/**
 * Where what a declared cluster has is to lie, and how long.
 *
 * @param own the cluster's policy, defaults filled in
 * @param copies further repositories; may be empty
 */
public record ClusterKeeping(
    String cluster, String repository, ClusterRetention own, List<ClusterCopy> copies) {
  public ClusterKeeping {
    copies = List.copyOf(copies);
  }

  public ClusterPlace first() {
    return new ClusterPlace(cluster, repository);
  }

  /** In the order in which they are declared. */
  public List<ClusterPlace> further() {
    return copies.stream().map(copy -> new ClusterPlace(cluster, copy.repository())).toList();
  }

  /** How long what it has in a repository is kept; its own policy where that one has none. */
  public ClusterRetention policy(String place) {
    return copies.stream()
        .filter(copy -> copy.repository().equals(place) && copy.retention() != null)
        .findFirst()
        .map(copy -> ClusterRetention.of(copy.retention(), "retention"))
        .orElse(own);
  }
}
