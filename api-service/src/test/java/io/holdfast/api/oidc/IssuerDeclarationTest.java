package io.holdfast.api.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a configuration may say, and what stops the start. */
class IssuerDeclarationTest {
  private static final String GITHUB = "https://token.actions.githubusercontent.com";

  private record Rule(Map<String, List<String>> claims, List<String> roles, List<String> clusters)
      implements OidcConfig.RuleConfig {}

  private record Declared(
      String issuer,
      List<String> audience,
      Optional<String> jwksUrl,
      Map<String, OidcConfig.RuleConfig> rules)
      implements OidcConfig.IssuerConfig {}

  @Test
  void readsRulesInTheOrderOfTheirNamesAndTakesTheFirstThatFits() {
    Issuer issuer =
        read(
            GITHUB,
            Map.of(
                "20-any-branch",
                rule("repository", "acme/orders", "viewer", "*"),
                "10-main",
                new Rule(
                    Map.of(
                        "repository", List.of("acme/orders", "acme/billing"),
                        "ref", List.of("refs/heads/main")),
                    List.of("operator"),
                    List.of("orders", "billing"))));

    assertThat(name(issuer, Map.of("repository", "acme/billing", "ref", "refs/heads/main")))
        .contains("10-main");
    assertThat(name(issuer, Map.of("repository", "acme/orders", "ref", "refs/heads/x")))
        .contains("20-any-branch");
    assertThat(name(issuer, Map.of("repository", "acme/other", "ref", "refs/heads/main")))
        .isEmpty();
    assertThat(name(issuer, Map.of("ref", "refs/heads/main"))).isEmpty();
    assertThat(issuer.rules().get(0).clusters().orElseThrow())
        .containsExactlyInAnyOrder("orders", "billing");
    assertThat(issuer.rules().get(1).clusters()).as("every cluster").isEmpty();
  }

  @Test
  void looksIntoListsAndObjectsOfATokenAndTakesNumbersByTheirDigits() {
    Issuer issuer =
        read(
            "https://sso.acme.example/realms/staff",
            Map.of(
                "a", rule("groups", "dba", "admin", "*"),
                "b", rule("realm_access.roles", "backup", "operator", "*"),
                "c", rule("employee", "4711", "viewer", "*"),
                "d", rule("https://acme.example/role", "x", "viewer", "*")));

    assertThat(name(issuer, Map.of("groups", List.of("staff", "dba")))).contains("a");
    assertThat(name(issuer, Map.of("realm_access", Map.of("roles", List.of("backup")))))
        .contains("b");
    assertThat(name(issuer, Map.of("employee", 4711L))).contains("c");
    assertThat(name(issuer, Map.of("https://acme.example/role", "x"))).contains("d");
    assertThat(name(issuer, Map.of("groups", "staff,dba"))).isEmpty();
    assertThat(name(issuer, Map.of("groups", Map.of("dba", true)))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://sso.acme.example",
        "sso.acme.example",
        "https://user@sso.acme.example",
        "file:///etc/passwd",
        "https://sso.acme.example#x",
        "http://127.0.0.1.acme.example"
      })
  void refusesAnIssuerThatIsNotReachedSecurely(String url) {
    assertThatThrownBy(() -> read(url, Map.of("a", rule("sub", "x", "viewer", "*"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "holdfast.oidc.issuers.ci.issuer must be an https URL; http is taken on loopback only");
  }

  @ParameterizedTest
  @CsvSource({
    "ref, refs/heads/main",
    "actor, somebody",
    "repository, *",
    "repository, **",
    "repository, acme*",
    "repository, acme*/orders",
    "repository_owner, acme*",
    "sub, repo:acme**"
  })
  void refusesARuleThatWouldLetInEverybodyOfASharedIssuer(String claim, String value) {
    assertThatThrownBy(() -> read(GITHUB, Map.of("a", rule(claim, value, "viewer", "*"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "holdfast.oidc.issuers.ci.rules.a.claims must say whose tokens: this issuer signs for"
                + " everybody, so name one of enterprise_id, repository,");
  }

  @Test
  void refusesARuleWithoutClaimsWithUnknownRolesOrWithoutClusters() {
    String corp = "https://sso.acme.example";
    assertRefused(corp, new Rule(Map.of(), List.of("viewer"), List.of("*")), "rules.a.claims");
    assertRefused(corp, rule("sub", "*", "viewer", "*"), "rules.a.claims");
    assertRefused(corp, rule("sub", "x", "root", "*"), "rules.a.roles");
    assertRefused(corp, rule("sub", "x", "viewer", "Orders"), "rules.a.clusters");
    assertRefused(
        corp,
        new Rule(Map.of("sub", List.of("x")), List.of("viewer"), List.of("*", "orders")),
        "rules.a.clusters");
    assertThatThrownBy(() -> read(corp, Map.of()))
        .hasMessageStartingWith("holdfast.oidc.issuers.ci.rules must have a rule");
  }

  private static void assertRefused(String issuer, Rule rule, String field) {
    assertThatThrownBy(() -> read(issuer, Map.of("a", rule)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("holdfast.oidc.issuers.ci." + field + " must ");
  }

  private static Optional<String> name(Issuer issuer, Map<String, Object> claims) {
    return issuer.rule(claims).map(ClaimRule::name);
  }

  private static Rule rule(String claim, String value, String role, String cluster) {
    return new Rule(Map.of(claim, List.of(value)), List.of(role), List.of(cluster));
  }

  private static Issuer read(String url, Map<String, ? extends OidcConfig.RuleConfig> rules) {
    return IssuerDeclaration.read(
        "ci",
        new Declared(url, List.of("holdfast"), Optional.empty(), Map.copyOf(rules)),
        (name, issuer, jwks) -> null);
  }
}
