package io.holdfast.worker.node;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.Selection;
import io.holdfast.model.cluster.Selection.Verdict;
import io.holdfast.model.cluster.StandbyPolicy;
import io.holdfast.model.cluster.StandbyPolicy.Target;
import io.holdfast.model.cluster.StandbyPolicy.WhenNone;
import io.holdfast.model.cluster.Topology;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.progress.Progress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds the node to read from, as the cluster's policy says: at once, from the primary when no
 * standby is fit, after waiting for one, or not at all.
 */
public final class NodeSelection {
  private static final Duration BETWEEN_PROBES = Duration.ofSeconds(2);

  private final Function<ClusterSpec, Topology> probe;
  private final Clock clock;
  private final Waiter waiter;

  public NodeSelection(Function<ClusterSpec, Topology> probe, Clock clock, Waiter waiter) {
    this.probe = probe;
    this.clock = clock;
    this.waiter = waiter;
  }

  /**
   * @param excluded nodes that an earlier attempt found unfit
   * @return the choice; its node is never null
   * @throws JobFailure NO_ELIGIBLE_NODE or NODE_UNREACHABLE with every node's reason
   */
  public Selection choose(ClusterSpec cluster, Set<String> excluded, Progress progress) {
    StandbyPolicy policy = cluster.standbyPolicy();
    Instant deadline = clock.instant().plus(policy.waitFor());
    boolean said = false;
    while (true) {
      progress.advanced(0); // notices a stop
      Topology topology = probe.apply(cluster);
      Selection selection =
          NodeSelector.select(topology, policy, cluster.systemIdentifier(), excluded);
      if (selection.node() != null) {
        return selection;
      }
      if (policy.whenNone() == WhenNone.PRIMARY && policy.target() != Target.PRIMARY) {
        return fromPrimary(cluster, topology, excluded, selection);
      }
      Duration left = Duration.between(clock.instant(), deadline);
      if (policy.whenNone() != WhenNone.WAIT || !left.isPositive()) {
        throw failure(cluster, selection, policy);
      }
      if (!said) {
        progress.note(
            "WAITING_FOR_NODE",
            selection.explanation()
                + "; waiting up to "
                + policy.waitFor()
                + ": "
                + reasons(selection));
        said = true;
      }
      waiter.await(left.compareTo(BETWEEN_PROBES) < 0 ? left : BETWEEN_PROBES);
    }
  }

  private static Selection fromPrimary(
      ClusterSpec cluster, Topology topology, Set<String> excluded, Selection standbys) {
    StandbyPolicy policy = cluster.standbyPolicy();
    StandbyPolicy primary =
        new StandbyPolicy(
            Target.PRIMARY,
            policy.maxLagBytes(),
            policy.maxLagSeconds(),
            policy.whenNone(),
            policy.waitFor());
    Selection selection =
        NodeSelector.select(topology, primary, cluster.systemIdentifier(), excluded);
    if (selection.node() == null) {
      throw failure(cluster, standbys, policy);
    }
    // The standbys' own reasons say more than "is not the primary".
    var verdicts =
        standbys.verdicts().stream()
            .map(
                v ->
                    selection.verdicts().stream()
                        .filter(p -> p.chosen() && p.seen().node().equals(v.seen().node()))
                        .findFirst()
                        .orElse(v))
            .toList();
    return new Selection(
        selection.node(),
        "no standby is eligible and the policy allows the primary: " + selection.explanation(),
        verdicts);
  }

  private static JobFailure failure(
      ClusterSpec cluster, Selection selection, StandbyPolicy policy) {
    List<Verdict> answered =
        selection.verdicts().stream().filter(verdict -> verdict.seen().reachable()).toList();
    ErrorCode code = ErrorCode.NO_ELIGIBLE_NODE;
    String hint = "mend the standbys, or let the standby policy allow more lag or the primary";
    if (answered.isEmpty()) {
      code = ErrorCode.NODE_UNREACHABLE;
      hint = "check that PostgreSQL runs on the nodes and that the worker can reach and log in";
    } else if (answered.stream().allMatch(verdict -> verdict.code().equals("WRONG_CLUSTER"))) {
      code = ErrorCode.CLUSTER_CHANGED;
      hint =
          "other data lie behind these addresses than those backed up before; correct the nodes,"
              + " or declare the new cluster under a name of its own";
    }
    String waited = policy.whenNone() == WhenNone.WAIT ? " after waiting " + policy.waitFor() : "";
    return new JobFailure(
        code,
        selection.explanation()
            + " in cluster '"
            + cluster.name()
            + "'"
            + waited
            + ": "
            + reasons(selection),
        hint);
  }

  private static String reasons(Selection selection) {
    return selection.verdicts().stream()
        .map(v -> "'" + v.seen().node() + "' " + v.reason())
        .collect(Collectors.joining("; "));
  }
}
