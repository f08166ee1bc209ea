package io.holdfast.worker.wal.archive;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeObservation;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.wal.TimelineHistory;
import io.holdfast.worker.failure.JobFailure;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Keeps restored copies out of the archive of their source: they have its system identifier and,
 * once promoted, a timeline of their own that no node of the cluster is on. A timeline is asked for
 * once; after that nobody needs to answer. Thread-safe.
 */
final class TimelineGuard {
  private final ClusterSpec cluster;
  private final Function<ClusterSpec, Topology> probe;
  private final IntFunction<Optional<TimelineHistory>> histories;
  private final Set<Integer> known = ConcurrentHashMap.newKeySet();

  /**
   * @param histories the archived history of a timeline
   * @param archived timelines of which something is archived already
   */
  TimelineGuard(
      ClusterSpec cluster,
      Function<ClusterSpec, Topology> probe,
      IntFunction<Optional<TimelineHistory>> histories,
      Set<Integer> archived) {
    this.cluster = cluster;
    this.probe = probe;
    this.histories = histories;
    known.addAll(archived);
  }

  /**
   * @throws JobFailure COMMAND_REFUSED when every node says it is on another timeline,
   *     NODE_UNREACHABLE when not all of them could be asked
   */
  void require(int timeline) {
    if (known.contains(timeline)) {
      return;
    }
    List<NodeObservation> nodes = probe.apply(cluster).nodes();
    boolean there =
        nodes.stream()
            .filter(node -> cluster.systemIdentifier().equals(node.systemIdentifier()))
            .map(NodeObservation::timeline)
            .filter(Objects::nonNull)
            .distinct()
            .anyMatch(seen -> seen == timeline || cameFrom(seen, timeline));
    if (there) {
      known.add(timeline);
      return;
    }
    List<String> silent =
        nodes.stream().filter(node -> !node.reachable()).map(NodeObservation::node).toList();
    if (!silent.isEmpty()) {
      throw new JobFailure(
          ErrorCode.NODE_UNREACHABLE,
          "whether timeline "
              + timeline
              + " is this cluster's cannot be told while "
              + silent
              + " do not answer",
          "It is archived as soon as a node answers that is on it.");
    }
    throw new JobFailure(
        ErrorCode.COMMAND_REFUSED,
        "no node of cluster '" + cluster.name() + "' is on timeline " + timeline,
        "A restored copy must not archive into its source: declare it as a cluster of its own, or"
            + " add the node to this one.");
  }

  /** Whether a server on timeline {@code seen} was on the other one before: a late archiver. */
  private boolean cameFrom(int seen, int timeline) {
    return seen > timeline
        && histories.apply(seen).stream()
            .flatMap(history -> history.ancestors().stream())
            .anyMatch(ancestor -> ancestor.timeline() == timeline);
  }
}
