package io.holdfast.worker.node;

import io.holdfast.model.cluster.NodeObservation;
import io.holdfast.model.cluster.NodeRole;
import io.holdfast.model.cluster.Selection;
import io.holdfast.model.cluster.Selection.Verdict;
import io.holdfast.model.cluster.StandbyPolicy;
import io.holdfast.model.cluster.StandbyPolicy.Target;
import io.holdfast.model.cluster.Topology;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Chooses the node to read from. A pure function: the same observations give the same choice, with
 * a reason for every node.
 *
 * <p>{@code PREFER_STANDBY} and {@code STANDBY} both look for an eligible standby, the one with the
 * least lag first; what happens when there is none is {@code whenNone}'s business, see {@link
 * NodeSelection}.
 */
public final class NodeSelector {
  private NodeSelector() {}

  /**
   * @param systemIdentifier the cluster's; null before it is known
   * @param excluded nodes that an earlier attempt found unfit, by name
   * @return a selection whose {@code node} is null when none of the wanted kind is eligible
   */
  public static Selection select(
      Topology topology, StandbyPolicy policy, String systemIdentifier, Set<String> excluded) {
    List<NodeObservation> nodes = topology.nodes();
    String expected = Lag.expectedIdentifier(nodes, systemIdentifier);
    NodeObservation primary = Lag.primary(nodes, systemIdentifier).orElse(null);
    boolean wantsPrimary = policy.target() == Target.PRIMARY;
    List<Verdict> verdicts = new ArrayList<>();
    for (NodeObservation node : nodes) {
      verdicts.add(
          passedOver(node, expected, excluded)
              .or(() -> wrongRole(node, wantsPrimary))
              .or(() -> behind(node, primary, wantsPrimary))
              .or(() -> wantsPrimary ? Optional.empty() : unfitStandby(node, policy))
              .orElseGet(() -> new Verdict(false, "ELIGIBLE_NOT_BEST", "eligible", node)));
    }
    Optional<Verdict> best =
        verdicts.stream().filter(v -> v.code().equals("ELIGIBLE_NOT_BEST")).min(byLag());
    return best.map(b -> chosen(b.seen(), verdicts)).orElseGet(() -> none(policy, verdicts));
  }

  private static Comparator<Verdict> byLag() {
    return Comparator.<Verdict, Long>comparing(v -> orZero(v.seen().lagBytes()))
        .thenComparing(v -> v.seen().lagSeconds() == null ? 0 : v.seen().lagSeconds());
  }

  private static long orZero(Long bytes) {
    return bytes == null ? 0 : bytes;
  }

  private static Optional<Verdict> passedOver(
      NodeObservation node, String expected, Set<String> excluded) {
    if (excluded.contains(node.node())) {
      return no(node, "EXCLUDED", "an earlier attempt of this job failed there");
    }
    if (!node.reachable()) {
      return no(node, "UNREACHABLE", "does not answer: " + node.unreachableBecause());
    }
    if (!Objects.equals(node.systemIdentifier(), expected)) {
      return no(
          node,
          "WRONG_CLUSTER",
          "has system identifier " + node.systemIdentifier() + ", the cluster has " + expected);
    }
    return Optional.empty();
  }

  private static Optional<Verdict> wrongRole(NodeObservation node, boolean wantsPrimary) {
    NodeRole wanted = wantsPrimary ? NodeRole.PRIMARY : NodeRole.STANDBY;
    return node.role() == wanted
        ? Optional.empty()
        : no(
            node,
            "WRONG_ROLE",
            "is a " + word(node.role()) + ", the policy asks for a " + word(wanted));
  }

  private static Optional<Verdict> behind(
      NodeObservation node, NodeObservation primary, boolean wantsPrimary) {
    if (primary == null) {
      return no(
          node, "LAG_UNKNOWN", "its lag is unknown because no primary of the cluster answers");
    }
    if (node.timeline() < primary.timeline()) {
      return no(
          node,
          "TIMELINE_BEHIND",
          "is on timeline "
              + node.timeline()
              + ", the primary '"
              + primary.node()
              + "' is on "
              + primary.timeline());
    }
    if (wantsPrimary && !node.node().equals(primary.node())) {
      return no(
          node,
          "WRONG_ROLE",
          "calls itself primary beside '" + primary.node() + "', which has written more");
    }
    return Optional.empty();
  }

  private static Optional<Verdict> unfitStandby(NodeObservation node, StandbyPolicy policy) {
    if (Boolean.TRUE.equals(node.replayPaused())) {
      return no(node, "REPLAY_PAUSED", "its replay is paused, " + behindWords(node));
    }
    if (node.applyDelaySeconds() != null && node.applyDelaySeconds() > 0) {
      return no(
          node,
          "APPLY_DELAY",
          "it replays on purpose late: recovery_min_apply_delay is "
              + number(node.applyDelaySeconds())
              + " s");
    }
    if (node.lagBytes() == null) {
      return no(node, "LAG_UNKNOWN", "its lag is unknown: it has replayed nothing yet");
    }
    if (node.lagBytes() > policy.maxLagBytes()) {
      return no(
          node,
          "LAG_BYTES",
          "it is "
              + node.lagBytes()
              + " bytes of WAL behind, the policy allows "
              + policy.maxLagBytes());
    }
    if (policy.maxLagSeconds() != null) {
      if (node.lagSeconds() == null) {
        return no(node, "LAG_UNKNOWN", "its lag in seconds is unknown: no commit was replayed yet");
      }
      if (node.lagSeconds() > policy.maxLagSeconds()) {
        return no(
            node,
            "LAG_SECONDS",
            "it is "
                + number(node.lagSeconds())
                + " s behind, the policy allows "
                + number(policy.maxLagSeconds())
                + " s");
      }
    }
    boolean receiving =
        "streaming".equals(node.receiver()) || NodeProbe.RECEIVER_HIDDEN.equals(node.receiver());
    return receiving
        ? Optional.empty()
        : no(
            node,
            "RECEIVER_DOWN",
            "its WAL receiver is not streaming (" + node.receiver() + "), so it falls behind");
  }

  private static Selection chosen(NodeObservation best, List<Verdict> verdicts) {
    List<Verdict> all = new ArrayList<>();
    int standbys = 0;
    for (Verdict v : verdicts) {
      if (v.seen().node().equals(best.node())) {
        all.add(new Verdict(true, "CHOSEN", "chosen: " + describe(best), best));
      } else if (v.code().equals("ELIGIBLE_NOT_BEST")) {
        standbys++;
        all.add(
            new Verdict(
                false,
                v.code(),
                "eligible, " + behindWords(v.seen()) + ", but '" + best.node() + "' came first",
                v.seen()));
      } else {
        all.add(v);
      }
    }
    String others = standbys == 0 ? "" : "; " + standbys + " more would have done";
    return new Selection(
        best.node(), "reading from '" + best.node() + "', " + describe(best) + others, all);
  }

  private static Selection none(StandbyPolicy policy, List<Verdict> verdicts) {
    String wanted = policy.target() == Target.PRIMARY ? "primary" : "standby";
    return new Selection(null, "no " + wanted + " is eligible", verdicts);
  }

  private static Optional<Verdict> no(NodeObservation node, String code, String reason) {
    return Optional.of(new Verdict(false, code, reason, node));
  }

  private static String describe(NodeObservation node) {
    return node.role() == NodeRole.PRIMARY ? "the primary" : "a standby " + behindWords(node);
  }

  private static String behindWords(NodeObservation node) {
    if (node.lagBytes() == null) {
      return "with unknown lag";
    }
    String seconds = node.lagSeconds() == null ? "" : " (" + number(node.lagSeconds()) + " s)";
    return node.lagBytes() + " bytes of WAL behind" + seconds;
  }

  private static String number(double value) {
    return String.format(java.util.Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.1f", value);
  }

  private static String word(NodeRole role) {
    return role.name().toLowerCase(java.util.Locale.ROOT);
  }
}
