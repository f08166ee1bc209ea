package io.holdfast.model.cluster;

import java.util.List;

/**
 * The choice of a node with the reason for every node.
 *
 * @param node the chosen node; null when none is eligible
 * @param explanation one sentence for people
 * @param verdicts one per declared node, in declared order
 */
public record Selection(String node, String explanation, List<Verdict> verdicts) {
  public Selection {
    verdicts = List.copyOf(verdicts);
  }

  /**
   * @param reason why it was chosen or passed over, a sentence with values
   * @param code stable: CHOSEN, ELIGIBLE_NOT_BEST, UNREACHABLE, WRONG_CLUSTER, WRONG_ROLE,
   *     LAG_BYTES, LAG_SECONDS, LAG_UNKNOWN, REPLAY_PAUSED, APPLY_DELAY, RECEIVER_DOWN,
   *     TIMELINE_BEHIND, EXCLUDED
   */
  public record Verdict(boolean chosen, String code, String reason, NodeObservation seen) {}
}
