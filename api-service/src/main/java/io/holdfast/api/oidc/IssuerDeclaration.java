package io.holdfast.api.oidc;

import io.holdfast.api.access.Role;
import io.holdfast.model.ResourceName;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Reads an issuer from the configuration, and stops the start over one that would let in more than
 * was meant.
 */
final class IssuerDeclaration {
  private static final Set<String> ROLES =
      Set.of(Role.VIEWER, Role.OPERATOR, Role.RESTORER, Role.ADMIN);

  /**
   * Issuers that sign for everybody, and the claims that say for whom: without one of them a rule
   * would let in the whole world.
   */
  private static final Map<String, Set<String>> SHARED =
      Map.of(
          "https://token.actions.githubusercontent.com",
          Set.of(
              "sub",
              "repository",
              "repository_id",
              "repository_owner",
              "repository_owner_id",
              "enterprise_id"),
          "https://gitlab.com",
          Set.of("sub", "project_path", "project_id", "namespace_path", "namespace_id"));

  private final String key;
  private final OidcConfig.IssuerConfig config;

  private IssuerDeclaration(String name, OidcConfig.IssuerConfig config) {
    this.key = "holdfast.oidc.issuers." + name;
    this.config = config;
  }

  /**
   * @throws ConfigurationException with the key that is wrong
   */
  static Issuer read(String name, OidcConfig.IssuerConfig config, KeySource keys) {
    IssuerDeclaration declaration = new IssuerDeclaration(name, config);
    String url = declaration.url("issuer", config.issuer());
    declaration.require(!config.audience().isEmpty(), "audience", "must name an audience");
    Optional<String> jwks = config.jwksUrl().map(text -> declaration.url("jwks-url", text));
    return new Issuer(
        name, url, List.copyOf(config.audience()), declaration.rules(), keys.of(name, url, jwks));
  }

  private List<ClaimRule> rules() {
    require(!config.rules().isEmpty(), "rules", "must have a rule: without one no token is mapped");
    return new TreeMap<>(config.rules())
        .entrySet().stream().map(rule -> rule(rule.getKey(), rule.getValue())).toList();
  }

  private ClaimRule rule(String name, OidcConfig.RuleConfig rule) {
    String at = "rules." + name;
    Map<String, List<ClaimPattern>> claims = new HashMap<>();
    rule.claims()
        .forEach(
            (claim, values) -> claims.put(claim, values.stream().map(ClaimPattern::new).toList()));
    Set<String> telling = SHARED.get(config.issuer());
    require(
        telling == null
            ? any(claims, claims.keySet(), ClaimPattern::selective)
            : any(claims, telling, ClaimPattern::confined),
        at + ".claims",
        telling == null
            ? "must name a claim with a value that does not begin with *"
            : "must say whose tokens: this issuer signs for everybody, so name one of "
                + String.join(", ", telling.stream().sorted().toList())
                + " with a value that has no * before its first /");
    require(
        !rule.roles().isEmpty() && ROLES.containsAll(rule.roles()),
        at + ".roles",
        "must be of viewer, operator, restorer, admin");
    boolean every = rule.clusters().equals(List.of("*"));
    require(
        every
            || !rule.clusters().isEmpty()
                && rule.clusters().stream().allMatch(each -> each.matches(ResourceName.PATTERN)),
        at + ".clusters",
        "must be names of clusters, or * alone for every cluster");
    return new ClaimRule(
        name,
        claims,
        Set.copyOf(rule.roles()),
        every ? Optional.empty() : Optional.of(Set.copyOf(rule.clusters())));
  }

  private static boolean any(
      Map<String, List<ClaimPattern>> claims, Set<String> names, Predicate<ClaimPattern> what) {
    return claims.entrySet().stream()
        .filter(claim -> names.contains(claim.getKey()))
        .anyMatch(claim -> claim.getValue().stream().allMatch(what));
  }

  /** Keys that came over a wire that anybody can write to would prove nothing. */
  private String url(String field, String text) {
    boolean sound;
    try {
      URI uri = URI.create(text);
      sound = secure(uri) && uri.getRawUserInfo() == null && uri.getRawFragment() == null;
    } catch (IllegalArgumentException notAnUri) {
      sound = false;
    }
    require(sound, field, "must be an https URL; http is taken on loopback only");
    return text;
  }

  static boolean secure(URI uri) {
    return uri.getHost() != null
        && ("https".equals(uri.getScheme())
            || "http".equals(uri.getScheme())
                && Set.of("127.0.0.1", "localhost", "[::1]").contains(uri.getHost()));
  }

  private void require(boolean holds, String field, String message) {
    if (!holds) {
      throw new ConfigurationException(key + "." + field + " " + message);
    }
  }
}
