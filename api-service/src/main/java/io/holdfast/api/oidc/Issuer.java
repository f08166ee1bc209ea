package io.holdfast.api.oidc;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A declared issuer.
 *
 * @param name ours, for people
 * @param url exactly as in the claim {@code iss}
 */
record Issuer(
    String name, String url, List<String> audiences, List<ClaimRule> rules, IssuerKeys keys) {

  Optional<ClaimRule> rule(Map<String, Object> claims) {
    return rules.stream().filter(rule -> rule.matches(claims)).findFirst();
  }
}
