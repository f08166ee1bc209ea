package io.holdfast.api.access;

import java.time.Instant;
import java.util.HashSet;
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
        implied(Set.of(row.roles)),
        Optional.ofNullable(row.clusters).map(Set::of),
        row.expiresAt,
        row.revokedAt != null);
  }

  /** Granted roles with those that they imply. Restore is not part of operator. */
  static Set<String> implied(Set<String> granted) {
    if (granted.contains(Role.ADMIN)) {
      return Set.of(Role.ADMIN, Role.OPERATOR, Role.RESTORER, Role.VIEWER);
    }
    Set<String> roles = new HashSet<>(granted);
    roles.add(Role.VIEWER);
    return Set.copyOf(roles);
  }

  /** Why the key opens nothing at {@code now}; null when it does. */
  String refusedBecause(Instant now) {
    if (revoked) {
      return "This API key was revoked.";
    }
    return expiresAt != null && !now.isBefore(expiresAt) ? "This API key has expired." : null;
  }
}
