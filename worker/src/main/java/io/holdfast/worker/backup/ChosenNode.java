package io.holdfast.worker.backup;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeObservation;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.model.cluster.Selection;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.node.NodeSelection;
import io.holdfast.worker.postgres.Server;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The node to read from, as it was when it was chosen.
 *
 * @param server where it listens, with the login
 */
record ChosenNode(NodeSpec node, NodeObservation seen, Server server) {

  /** Chooses by the cluster's policy, and tells the decision with every node's reason. */
  static ChosenNode choose(
      BackupRooms rooms, ClusterSpec cluster, Set<String> excluded, Attempt attempt) {
    AtomicReference<Topology> looked = new AtomicReference<>();
    NodeSelection selection =
        new NodeSelection(
            asked -> {
              Topology topology = rooms.nodes().probe(asked);
              looked.set(topology);
              return topology;
            },
            rooms.clock(),
            time -> LockSupport.parkNanos(time.toNanos()));
    Selection chosen = selection.choose(cluster, excluded, attempt);
    attempt.nodeSelected(chosen, looked.get());
    NodeSpec node =
        cluster.nodes().stream()
            .filter(candidate -> candidate.name().equals(chosen.node()))
            .findFirst()
            .orElseThrow();
    NodeObservation seen =
        looked.get().nodes().stream()
            .filter(candidate -> candidate.node().equals(chosen.node()))
            .findFirst()
            .orElseThrow();
    return new ChosenNode(node, seen, Server.of(cluster, node, rooms.credentials()));
  }

  /**
   * Looks once more. A node that was promoted, or is another cluster now, may have given bytes of
   * two histories.
   *
   * @throws JobFailure CLUSTER_CHANGED or NODE_UNREACHABLE
   */
  void requireUnchanged(BackupRooms rooms, ClusterSpec cluster) {
    NodeObservation now = rooms.nodes().probe(cluster, node);
    if (!now.reachable()) {
      throw new JobFailure(
          ErrorCode.NODE_UNREACHABLE,
          "node '"
              + node.name()
              + "' cannot be asked at the end whether it is still the same: "
              + now.unreachableBecause(),
          "the next attempt reads from a node that answers");
    }
    require("system identifier", seen.systemIdentifier(), now.systemIdentifier());
    require("role", seen.role(), now.role());
    require("timeline", seen.timeline(), now.timeline());
  }

  private void require(String what, Object before, Object after) {
    if (!Objects.equals(before, after)) {
      throw new JobFailure(
          ErrorCode.CLUSTER_CHANGED,
          "the "
              + what
              + " of node '"
              + node.name()
              + "' changed from "
              + before
              + " to "
              + after
              + " during the backup",
          "a failover or a swap of servers happened; nothing was published");
    }
  }

  Manifest.Source describe() {
    return new Manifest.Source(
        node.name(),
        seen.role(),
        seen.lagBytes(),
        seen.lagSeconds(),
        seen.serverVersion(),
        seen.serverVersionNum(),
        seen.systemIdentifier(),
        seen.timeline() == null ? 0 : seen.timeline());
  }

  int major() {
    return seen.serverVersionNum() / 10_000;
  }
}
