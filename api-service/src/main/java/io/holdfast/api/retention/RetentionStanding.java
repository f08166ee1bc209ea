package io.holdfast.api.retention;

/**
 * How a cluster stands to its retention policy, in its own repository.
 *
 * @param due backups that should be gone
 * @param violated fewer full backups can be restored than the policy asks for
 */
public record RetentionStanding(long due, boolean violated) {}
