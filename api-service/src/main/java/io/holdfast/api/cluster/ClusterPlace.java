package io.holdfast.api.cluster;

/** What a cluster has in one repository, be it the first one of its backups or a further one. */
public record ClusterPlace(String cluster, String repository) {}
