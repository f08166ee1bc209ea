package io.holdfast.api.cluster;

/**
 * A cluster was declared, changed, pinned to its system identifier or deleted. Fired inside the
 * transaction that does it, when the rows show it.
 */
public record ClusterChanged(String cluster) {}
