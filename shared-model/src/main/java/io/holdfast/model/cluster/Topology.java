package io.holdfast.model.cluster;

import java.time.Instant;
import java.util.List;

/** What a worker last saw of a cluster. */
public record Topology(String cluster, Instant observedAt, List<NodeObservation> nodes) {
  public Topology {
    nodes = List.copyOf(nodes);
  }
}
