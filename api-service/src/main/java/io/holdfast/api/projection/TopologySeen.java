package io.holdfast.api.projection;

import io.holdfast.model.cluster.Topology;

/** A worker looked at a cluster. Fired inside the transaction that takes the event. */
public record TopologySeen(Topology topology) {}
