package io.holdfast.api.cluster;

import io.holdfast.model.cluster.ClusterSpec;

/** A worker of the pool should look at the cluster. Fired inside the transaction that notes it. */
public record ObservationDue(ClusterSpec cluster, String pool) {}
