package io.holdfast.model.job;

import java.time.Instant;

/**
 * How a cluster is declared, without secrets, to be kept beside its backups.
 *
 * @param json as {@code PUT /clusters/<name>} takes it
 * @param changedAt when it was last changed
 */
public record PortableDeclaration(String json, Instant changedAt) {}
