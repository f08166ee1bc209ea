package io.holdfast.api.oidc;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a token with certain claims may do.
 *
 * @param claims all of them have to be there, with a value that one of the patterns takes
 * @param clusters empty: every cluster
 */
record ClaimRule(
    String name,
    Map<String, List<ClaimPattern>> claims,
    Set<String> roles,
    Optional<Set<String>> clusters) {

  boolean matches(Map<String, Object> token) {
    return claims.entrySet().stream()
        .allMatch(
            wanted ->
                values(token, wanted.getKey())
                    .anyMatch(
                        value ->
                            wanted.getValue().stream()
                                .anyMatch(pattern -> pattern.matches(value))));
  }

  /**
   * The claim of this name or, where there is none, the one that its dots lead to: {@code
   * realm_access.roles}. Each element of a list is a value.
   */
  private static Stream<String> values(Map<String, Object> token, String claim) {
    Object value = token.get(claim);
    int dot = claim.indexOf('.');
    if (value == null && dot > 0 && token.get(claim.substring(0, dot)) instanceof Map<?, ?> inner) {
      @SuppressWarnings("unchecked")
      Map<String, Object> members = (Map<String, Object>) inner;
      return values(members, claim.substring(dot + 1));
    }
    return value instanceof Collection<?> list
        ? list.stream().flatMap(ClaimRule::scalar)
        : scalar(value);
  }

  private static Stream<String> scalar(Object value) {
    return value instanceof String || value instanceof Number || value instanceof Boolean
        ? Stream.of(value.toString())
        : Stream.empty();
  }
}
