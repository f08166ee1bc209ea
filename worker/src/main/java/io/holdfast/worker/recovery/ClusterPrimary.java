package io.holdfast.worker.recovery;

import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeObservation;
import io.holdfast.model.cluster.NodeRole;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.worker.node.NodeProbe;
import java.util.List;
import java.util.Optional;

/**
 * The one primary of a cluster, as it answers now.
 *
 * @param seen what it said
 */
record ClusterPrimary(NodeSpec node, NodeObservation seen) {

  /**
   * @param systemIdentifier of the servers that are meant
   * @return empty when none answers, or when several call themselves primary
   */
  static Optional<ClusterPrimary> find(
      ClusterSpec cluster, String systemIdentifier, NodeProbe nodes) {
    List<NodeObservation> primaries =
        nodes.probe(cluster).nodes().stream()
            .filter(NodeObservation::reachable)
            .filter(node -> node.role() == NodeRole.PRIMARY)
            .filter(node -> systemIdentifier.equals(node.systemIdentifier()))
            .toList();
    return primaries.size() == 1
        ? cluster.nodes().stream()
            .filter(node -> node.name().equals(primaries.getFirst().node()))
            .map(node -> new ClusterPrimary(node, primaries.getFirst()))
            .findFirst()
        : Optional.empty();
  }
}
