package io.holdfast.api.access;

import io.holdfast.api.problem.ApiProblem;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What somebody may do who has been identified, however that was done.
 *
 * @param principal as audit rows and jobs name who it was
 * @param roles with those that they imply
 * @param clusters empty: every cluster
 */
public record Grant(String principal, Set<String> roles, Optional<Set<String>> clusters) {
  /** Under which an identity carries its clusters. */
  static final String CLUSTERS = "holdfast.clusters";

  /** Under which an identity carries why it opens nothing, although it is known whose it is. */
  static final String REFUSAL = "holdfast.refusal";

  public static Grant of(String principal, Set<String> granted, Optional<Set<String>> clusters) {
    return new Grant(principal, implied(granted), clusters);
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

  /** Somebody who is known and may do nothing: audited by name, and refused with the problem. */
  public static SecurityIdentity refused(String principal, ApiProblem because) {
    return QuarkusSecurityIdentity.builder()
        .setPrincipal(new QuarkusPrincipal(principal))
        .addAttribute(REFUSAL, because)
        .addAttribute(CLUSTERS, Optional.of(Set.of()))
        .build();
  }

  public SecurityIdentity identity() {
    return QuarkusSecurityIdentity.builder()
        .setPrincipal(new QuarkusPrincipal(principal))
        .addRoles(roles)
        .addAttribute(CLUSTERS, clusters)
        .build();
  }
}
