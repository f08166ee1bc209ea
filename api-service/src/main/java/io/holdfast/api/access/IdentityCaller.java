package io.holdfast.api.access;

import io.holdfast.api.problem.ApiProblem;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.Set;

/** The caller as the security identity of the request describes it. */
@RequestScoped
public class IdentityCaller implements Caller {
  @Inject SecurityIdentity identity;

  @Override
  public String keyId() {
    return identity.getPrincipal().getName();
  }

  @Override
  public boolean hasRole(String role) {
    return identity.hasRole(role);
  }

  @Override
  public Optional<Set<String>> clusterScope() {
    Optional<Set<String>> scope = identity.getAttribute(Grant.CLUSTERS);
    // An identity that says nothing about clusters sees none.
    return scope == null ? Optional.of(Set.of()) : scope;
  }

  @Override
  public void requireCluster(String cluster) {
    if (clusterScope().filter(scope -> !scope.contains(cluster)).isPresent()) {
      throw ApiProblem.notFound("cluster", cluster);
    }
  }

  @Override
  public void requireAllClusters() {
    if (clusterScope().isPresent()) {
      throw new ApiProblem(
          403,
          "forbidden",
          "This concerns every cluster, and this API key is scoped to some.",
          "Use a key without a list of clusters.");
    }
  }
}
