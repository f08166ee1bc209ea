package io.holdfast.api.cluster;

import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A cluster as a worker last saw it. */
@Schema(name = "Topology")
public record TopologyView(
    String cluster,
    @Schema(description = "Absent until a worker has looked") Instant observedAt,
    @Schema(description = "Empty until a worker has looked") List<NodeView> nodes,
    @Schema(description = "What to look at while nothing was seen") String hint) {

  /** One node. What is not known is absent. */
  @Schema(name = "ObservedNode")
  public record NodeView(
      String name,
      @Schema(description = "PRIMARY, STANDBY or UNKNOWN; more may follow") String role,
      boolean reachable,
      String unreachableBecause,
      String serverVersion,
      Integer serverVersionNum,
      String systemIdentifier,
      Integer timeline,
      @Schema(description = "Written (primary) or replayed (standby)", examples = "0/3000148")
          String lsn,
      @Schema(description = "WAL bytes behind the primary") Long lagBytes,
      Double lagSeconds,
      String receiver,
      Boolean replayPaused,
      Double applyDelaySeconds,
      Double maxStandbyStreamingDelaySeconds,
      Boolean hotStandbyFeedback) {}
}
