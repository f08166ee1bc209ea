package io.holdfast.api.oidc;

import static io.holdfast.api.testing.Api.admin;
import static io.holdfast.api.testing.Api.declaredCluster;
import static io.holdfast.api.testing.Api.name;
import static io.holdfast.api.testing.Api.problem;
import static io.holdfast.api.testing.Api.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.Operation;
import io.holdfast.api.testing.StackResource;
import io.holdfast.api.testing.TestIssuer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens of two issuers that the tests are: a CI platform and a company's own. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class OidcTest {
  private static final PublicJsonWebKey KEY = TestIssuer.key("ci-1");
  private static final PublicJsonWebKey CORP_KEY = TestIssuer.key("corp-1");
  private static final Map<String, String> MAIN =
      Map.of("repository", "acme/orders", "ref", "refs/heads/main");

  private final TestIssuer ci = new TestIssuer("ci");
  private final TestIssuer corp = new TestIssuer("corp");

  @BeforeEach
  void publish() {
    ci.publish(KEY);
    corp.publish(CORP_KEY);
    // The service asks once a second at most, and the test before may have made it ask.
    await().until(() -> opens(ci.token(KEY, "s", MAIN)));
    await().until(() -> opens(corp.token(CORP_KEY, "s", Map.of("groups", "role-viewer"))));
  }

  private static boolean opens(String token) {
    return with(token).get("/api/v1/clusters").statusCode() == 200;
  }

  @Test
  void letsAWorkloadDoWhatItsRuleSaysAndNothingElse() {
    String mine = admin().get("/api/v1/clusters/" + declared()).path("name");
    String other = declaredCluster();
    String token = ci.token(KEY, "repo:acme/orders:ref:refs/heads/main", MAIN);

    with(token).get("/api/v1/clusters/" + mine).then().statusCode(200);
    problem(with(token).get("/api/v1/clusters/" + other).then(), 404, "not-found");
    problem(with(token).body("{}").put("/api/v1/clusters/" + mine).then(), 403, "forbidden");
    assertThat(
            with(token)
                .get("/api/v1/clusters")
                .then()
                .statusCode(200)
                .extract()
                .<List<String>>path("items.name"))
        .containsExactly(mine);
  }

  @Test
  void takesTokensOfSeveralIssuersEachByItsOwnKeysAndRules() {
    String staff = corp.token(CORP_KEY, "ada", Map.of("groups", List.of("staff", "dba")));
    String repository = name("repo");

    with(staff)
        .body(Map.of("type", "FILESYSTEM", "filesystem", Map.of("path", "/var/lib/x")))
        .put("/api/v1/repositories/" + repository)
        .then()
        .statusCode(201)
        .body("updatedBy", equalTo(corp.url() + "#ada"));

    refused(ci.token(CORP_KEY, "ada", MAIN), 401, notSigned("ci"));
    refused(corp.token(KEY, "ada", Map.of("groups", "dba")), 401, notSigned("corp"));
    assertThat(audited("/api/v1/repositories/" + repository))
        .extracting(row -> row.get("kind"), row -> row.get("keyId"))
        .contains(tuple("CHANGE", corp.url() + "#ada"));
  }

  @Test
  void refusesEachThingThatIsWrongWithATokenByItsName() throws JoseException {
    Map<String, String> refusals = new LinkedHashMap<>();
    refusals.put(changed(c -> c.setExpirationTime(seconds(-60))), "This token has expired.");
    refusals.put(changed(c -> c.setNotBefore(seconds(120))), "This token is not valid yet.");
    String audience =
        "This token is for another audience; of issuer 'ci' it must be "
            + TestIssuer.AUDIENCE
            + ".";
    refusals.put(changed(c -> c.setAudience("somebody-else")), audience);
    refusals.put(changed(c -> c.unsetClaim("aud")), audience);
    refusals.put(changed(c -> c.unsetClaim("exp")), "This token lacks exp or sub.");
    refusals.put(changed(c -> c.unsetClaim("sub")), "This token lacks exp or sub.");
    String undeclared = "This token is of an issuer that is not declared here.";
    refusals.put(
        changed(c -> c.setIssuer("https://token.actions.githubusercontent.com")), undeclared);
    refusals.put(changed(c -> c.setIssuer(ci.url() + "/")), undeclared);
    refusals.put(changed(c -> c.unsetClaim("iss")), undeclared);
    refusals.put(
        changed(c -> c.setSubject("a\nb")),
        "The subject of this token is not plain text of at most 255.");
    JwtClaims good = ci.claims("s", MAIN);
    refusals.put(TestIssuer.sign(good, null, "ci-1", AlgorithmIdentifiers.NONE), notSigned("ci"));
    refusals.put(
        TestIssuer.sign(
            good,
            new SecretKeySpec(KEY.getPublicKey().getEncoded(), "HmacSHA256"),
            "ci-1",
            AlgorithmIdentifiers.HMAC_SHA256),
        notSigned("ci"));
    PublicJsonWebKey thief = TestIssuer.key("ci-1");
    refusals.put(ci.token(thief, "s", MAIN), notSigned("ci"));
    thief.setKeyId("thief");
    refusals.put(ci.token(thief, "s", MAIN), notSigned("ci"));
    String token = ci.token(KEY, "s", MAIN);
    refusals.put(
        token.replaceFirst(
            "\\.[^.]+\\.",
            "."
                + Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                        good.toJson().replace("main", "next").getBytes(StandardCharsets.UTF_8))
                + "."),
        notSigned("ci"));
    refusals.put(token.substring(0, token.lastIndexOf('.') + 1), notSigned("ci"));
    refusals.put("aaaa.bbbb.cccc", "This token is not a JWT that can be read.");

    refusals.forEach((each, because) -> refused(each, 401, because));
  }

  @Test
  void refusesATokenThatNoRuleTakesAndAuditsWhoseItIs() {
    String subject = name("repo:acme/other");
    String token =
        ci.token(KEY, subject, Map.of("repository", "acme/other", "ref", "refs/heads/main"));
    String target = "/api/v1/clusters/" + name("nobodys");

    problem(with(token).get(target).then(), 403, "forbidden")
        .body("detail", equalTo("No rule of issuer 'ci' takes the claims of this token."));
    problem(
        with(ci.token(KEY, subject, Map.of("ref", "refs/heads/main"))).get(target).then(),
        403,
        "forbidden");

    assertThat(audited(target))
        .extracting(row -> row.get("status"), row -> row.get("keyId"))
        .contains(tuple(403, ci.url() + "#" + subject));
  }

  @Test
  void auditsWhatIsRefusedWithoutBelievingWhoItSaysItIs() {
    String target = "/api/v1/clusters/" + name("nobodys");
    problem(
        with(ci.token(TestIssuer.key("thief"), "admin", MAIN)).get(target).then(),
        401,
        "unauthenticated");

    assertThat(audited(target))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row).containsEntry("status", 401).containsEntry("operation", "getCluster");
              assertThat(row.get("keyId")).isNull();
            });
  }

  @Test
  void takesKeysOfOtherKindsAndKeysThatAreNew() throws JoseException {
    EllipticCurveJsonWebKey curve = EcJwkGenerator.generateJwk(EllipticCurves.P256);
    curve.setKeyId(name("ec"));
    curve.setAlgorithm(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
    with(ci.token(KEY, "s", MAIN)).get("/api/v1/clusters").then().statusCode(200);
    ci.publish(curve);
    String token = ci.token(curve, "s", MAIN);

    await().atMost(Duration.ofSeconds(10)).until(() -> opens(token));

    refused(ci.token(KEY, "s", MAIN), 401, notSigned("ci"));
  }

  @Test
  void asksTheIssuerSeldomWhateverTokensNameAsTheirKey() {
    with(ci.token(KEY, "s", MAIN)).get("/api/v1/clusters").then();
    int before = ci.asked();
    Instant begin = Instant.now();
    PublicJsonWebKey thief = TestIssuer.key("x");
    for (int i = 0; i < 50; i++) {
      thief.setKeyId("thief-" + i);
      problem(
          with(ci.token(thief, "s", MAIN)).get("/api/v1/clusters").then(), 401, "unauthenticated");
    }

    long seconds = Duration.between(begin, Instant.now()).toSeconds();
    assertThat(ci.asked() - before).isLessThanOrEqualTo((int) seconds + 2);
  }

  @Test
  void saysThatAnIssuerCannotBeAskedWhileKeysStillWork() {
    TestIssuer away = new TestIssuer("away");

    problem(
            with(away.token(KEY, "s", Map.of())).get("/api/v1/clusters").then(),
            503,
            "issuer-unavailable")
        .header("Retry-After", notNullValue());
    admin().get("/api/v1/clusters").then().statusCode(200);
  }

  @Test
  void holdsEachRoleToWhatAKeyOfThatRoleMayDo() {
    Map<String, String> tokens = new LinkedHashMap<>();
    Map<String, String> keys = new LinkedHashMap<>();
    for (String role : List.of("viewer", "operator", "restorer", "admin")) {
      tokens.put(role, corp.token(CORP_KEY, role, Map.of("groups", List.of("role-" + role))));
      keys.put(role, Api.key(List.of(role)));
    }

    for (Operation operation : Operation.all()) {
      String path = operation.path().replaceAll("\\{[^}]*}", "none");
      for (String role : tokens.keySet()) {
        int byKey = status(operation, path, keys.get(role));
        assertThat(status(operation, path, tokens.get(role)))
            .as("%s as %s", operation.id(), role)
            .isEqualTo(byKey);
      }
    }
  }

  /** A body that nothing takes, so that nothing is done and only access is decided. */
  private static int status(Operation operation, String path, String credential) {
    var request = with(credential);
    if (operation.hasBody()) {
      request.body("{\"none\":1}");
    }
    return request.request(operation.method(), path).statusCode();
  }

  /** The cluster that the rule for the main branch names. */
  private static String declared() {
    admin().body(Api.cluster(Api.repository())).put("/api/v1/clusters/of-main");
    return "of-main";
  }

  private String changed(Consumer<JwtClaims> change) {
    JwtClaims claims = ci.claims("repo:acme/orders", MAIN);
    change.accept(claims);
    return TestIssuer.sign(claims, KEY.getPrivateKey(), KEY.getKeyId(), KEY.getAlgorithm());
  }

  private static NumericDate seconds(int fromNow) {
    return NumericDate.fromSeconds(Instant.now().getEpochSecond() + fromNow);
  }

  private static String notSigned(String issuer) {
    return "This token is not signed by a key of issuer '"
        + issuer
        + "' with an algorithm that is taken.";
  }

  private static void refused(String token, int status, String because) {
    problem(Api.with(token).get("/api/v1/clusters").then(), status, "unauthenticated")
        .body("detail", equalTo(because))
        .header("WWW-Authenticate", equalTo("Bearer realm=\"holdfast\""));
  }

  private static List<Map<String, Object>> audited(String target) {
    return await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () ->
                admin()
                    .queryParam("target", target)
                    .get("/api/v1/audit")
                    .then()
                    .statusCode(200)
                    .extract()
                    .<List<Map<String, Object>>>path("items"),
            rows -> rows.stream().anyMatch(row -> row.get("status") != null));
  }
}
