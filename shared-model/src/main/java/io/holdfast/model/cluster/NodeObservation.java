package io.holdfast.model.cluster;

import io.holdfast.model.Lsn;

/**
 * What one probe of one node saw. Every field but the first three is null when the node did not
 * answer.
 *
 * @param unreachableBecause null when the node answered
 * @param lsn current write position (primary) or last replayed position (standby)
 * @param lagBytes WAL bytes behind the primary; null without a reachable primary
 * @param lagSeconds age of the last replayed transaction while behind, 0 when caught up
 * @param receiver state of the WAL receiver, such as {@code streaming}; null on a primary
 * @param applyDelaySeconds {@code recovery_min_apply_delay}
 * @param maxStandbyStreamingDelaySeconds how long a query may hold up replay; -1 means for ever
 */
public record NodeObservation(
    String node,
    NodeRole role,
    String unreachableBecause,
    String serverVersion,
    Integer serverVersionNum,
    String systemIdentifier,
    Integer timeline,
    Lsn lsn,
    Long lagBytes,
    Double lagSeconds,
    String receiver,
    Boolean replayPaused,
    Double applyDelaySeconds,
    Double maxStandbyStreamingDelaySeconds,
    Boolean hotStandbyFeedback) {

  public static NodeObservation unreachable(String node, String because) {
    return new NodeObservation(
        node,
        NodeRole.UNKNOWN,
        because,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  public boolean reachable() {
    return unreachableBecause == null;
  }
}
