package io.holdfast.api.access;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A key as it is checked on every request.
 *
 * @param clusters empty: every cluster
 * @param expiresAt null: never
 */
record KnownKey(
    String id,
    byte[] hash,
    Set<String> roles,
    Optional<Set<String>> clusters,
    Instant expiresAt,
    boolean revoked) {

  static KnownKey of(ApiKeyEntity row) {
    return new KnownKey(
        row.id,
        row.hash,
        Grant.implied(Set.of(row.roles)),
        Optional.ofNullable(row.clusters).map(Set::of),
        row.expiresAt,
        row.revokedAt != null);
  }

  /** Why the key opens nothing at {@code now}; null when it does. */
  String refusedBecause(Instant now) {
    if (revoked) {
      return "This API key was revoked.";
    }
    return expiresAt != null && !now.isBefore(expiresAt) ? "This API key has expired." : null;
  }
}
