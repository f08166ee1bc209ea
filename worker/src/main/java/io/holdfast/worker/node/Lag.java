package io.holdfast.worker.node;

import io.holdfast.model.Lsn;
import io.holdfast.model.cluster.NodeObservation;
import io.holdfast.model.cluster.NodeRole;
import io.holdfast.worker.node.NodeProbe.Seen;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** How far each standby is behind the primary that was seen at the same time. */
final class Lag {
  private Lag() {}

  static List<NodeObservation> behindPrimary(List<Seen> seen, String systemIdentifier) {
    List<NodeObservation> nodes = seen.stream().map(Seen::observation).toList();
    Optional<NodeObservation> primary = primary(nodes, systemIdentifier);
    return seen.stream().map(s -> behind(s, primary.orElse(null))).toList();
  }

  /**
   * The node to measure against: of several that call themselves primary the one on the highest
   * timeline, because a promotion left the others behind.
   */
  static Optional<NodeObservation> primary(List<NodeObservation> nodes, String systemIdentifier) {
    String expected = expectedIdentifier(nodes, systemIdentifier);
    return nodes.stream()
        .filter(n -> n.reachable() && n.role() == NodeRole.PRIMARY)
        .filter(n -> Objects.equals(n.systemIdentifier(), expected))
        .max(Comparator.comparing(NodeObservation::timeline).thenComparing(NodeObservation::lsn));
  }

  /** The declared identifier; before one is known, that of the first primary, else first node. */
  static String expectedIdentifier(List<NodeObservation> nodes, String declared) {
    if (declared != null) {
      return declared;
    }
    return nodes.stream()
        .filter(NodeObservation::reachable)
        .min(Comparator.comparing(n -> n.role() == NodeRole.PRIMARY ? 0 : 1))
        .map(NodeObservation::systemIdentifier)
        .orElse(null);
  }

  private static NodeObservation behind(Seen seen, NodeObservation primary) {
    NodeObservation node = seen.observation();
    if (!node.reachable() || node.role() != NodeRole.STANDBY) {
      return node;
    }
    Lsn replayed = node.lsn();
    Long bytes =
        primary == null || replayed == null
            ? null
            // Probed at slightly different moments, so a standby may seem to be ahead.
            : Long.valueOf(Math.max(0, primary.lsn().bytesSince(replayed)));
    boolean streaming = "streaming".equals(node.receiver());
    boolean caughtUp =
        (bytes != null && bytes == 0)
            || (streaming && replayed != null && replayed.equals(seen.received()));
    Double seconds = caughtUp ? Double.valueOf(0) : seen.replayedAgeSeconds();
    return new NodeObservation(
        node.node(),
        node.role(),
        null,
        node.serverVersion(),
        node.serverVersionNum(),
        node.systemIdentifier(),
        node.timeline(),
        node.lsn(),
        bytes,
        seconds,
        node.receiver(),
        node.replayPaused(),
        node.applyDelaySeconds(),
        node.maxStandbyStreamingDelaySeconds(),
        node.hotStandbyFeedback());
  }
}
