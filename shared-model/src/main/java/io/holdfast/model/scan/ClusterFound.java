package io.holdfast.model.scan;

/**
 * How a cluster was declared, as far as the repository remembers: what a person may declare again.
 *
 * @param declaration JSON, without secrets, as {@code PUT /clusters/<name>} takes it
 */
public record ClusterFound(String cluster, String key, String declaration) {}
