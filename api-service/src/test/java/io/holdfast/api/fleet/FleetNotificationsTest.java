package io.holdfast.api.fleet;

import static io.holdfast.api.testing.Api.admin;
import static io.holdfast.api.testing.Api.declaredCluster;
import static io.holdfast.api.testing.Api.key;
import static io.holdfast.api.testing.Api.name;
import static io.holdfast.api.testing.Api.problem;
import static io.holdfast.api.testing.Api.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.holdfast.api.testing.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Notification targets in files. Their routes take nothing that other tests do. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class FleetNotificationsTest {
  private static final String TARGETS = "/api/v1/notification-targets/";
  private static final String QUIET = "[{\"kinds\":[\"NOBODY_SAYS_THIS\"]}]";

  private final String owner = name("owner");
  private final String pager = name("pager");
  private final String deadMan = name("dead-man");

  @AfterEach
  void forget() {
    List.of(pager, deadMan)
        .forEach(target -> admin().header("If-Match", "*").delete(TARGETS + target));
  }

  @Test
  void plansThenAppliesThenLeavesAlone() {
    JsonPath plan = applied("&dryRun=true", pager(QUIET), deadMan());
    problem(admin().get(TARGETS + pager).then(), 404, "not-found");
    JsonPath done = applied("", pager(QUIET), deadMan());
    JsonPath again = applied("", pager(QUIET), deadMan());

    assertThat(plan.getInt("created")).isEqualTo(2);
    assertThat(done.getList("items.action")).containsExactly("CREATE", "CREATE");
    assertThat(again.getList("items.action")).containsExactly("NONE", "NONE");
    JsonPath shown = admin().get(TARGETS + pager).then().statusCode(200).extract().jsonPath();
    assertThat(shown.getString("webhook.secretRef")).isEqualTo("hook-key");
    assertThat(shown.getString("standing.state")).isEqualTo("UNKNOWN");
    assertThat(shown.getInt("version")).isEqualTo(1);
  }

  @Test
  void saysWhatOfARouteAPlanChanges() {
    applied("", pager("[{\"minSeverity\":\"CRITICAL\",\"clusters\":[\"none\"]}]"));

    JsonPath plan =
        applied("&dryRun=true", pager("[{\"minSeverity\":\"INFO\",\"clusters\":[\"none\"]}]"));

    assertThat(plan.getString("items[0].action")).isEqualTo("UPDATE");
    assertThat(plan.getString("items[0].changes[0].field")).isEqualTo("routes[0].minSeverity");
    assertThat(plan.getString("items[0].changes[0].from")).isEqualTo("\"CRITICAL\"");
    assertThat(plan.getString("items[0].changes[0].to")).isEqualTo("\"INFO\"");
    admin().get(TARGETS + pager).then().body("version", equalTo(1));
  }

  @Test
  void exportsNamesOfSecretsOnlyAndAppliesThatAsUnchanged() {
    applied("", pager(QUIET), deadMan());

    String exported =
        admin().get("/api/v1/export?owner=" + owner).then().statusCode(200).extract().asString();
    JsonPath same =
        admin()
            .body(exported)
            .post("/api/v1/apply?owner=" + owner)
            .then()
            .statusCode(200)
            .extract()
            .jsonPath();

    assertThat(exported).contains("\"secretRef\":\"hook-key\"").contains("\"interval\":\"PT24H\"");
    assertThat(exported).as("the key that hook-key is").doesNotContain("aG9va2V5");
    assertThat(same.getInt("unchanged")).isEqualTo(2);
  }

  @Test
  void refusesASecretInTheClearWithoutRepeatingItAndADestinationWithoutTls() {
    ValidatableResponse refused =
        apply(
            "",
            document(
                pager,
                "{\"type\":\"WEBHOOK\",\"webhook\":{\"url\":\"https://pager.example.com/\","
                    + "\"secret\":\"whsec_Y2xlYXI=\"}}"),
            document(
                deadMan,
                "{\"type\":\"WEBHOOK\",\"webhook\":{\"url\":\"http://pager.example.com/\","
                    + "\"secretRef\":\"hook-key\"}}"));

    JsonPath problem = problem(refused, 422, "invalid-request").extract().jsonPath();
    assertThat(problem.getList("violations.field"))
        .containsExactly("documents[0].spec.webhook.secret", "documents[1].spec.webhook.url");
    assertThat(problem.prettify()).doesNotContain("Y2xlYXI");
    problem(admin().get(TARGETS + deadMan).then(), 404, "not-found");
  }

  @Test
  void takesATargetOfAPersonOnlyByForceAndPrunesItAfterwards() {
    admin().body(spec(QUIET)).put(TARGETS + pager).then().statusCode(201);
    String changed = pager("[{\"kinds\":[\"NOBODY_SAYS_THIS_EITHER\"]}]");

    problem(apply("", changed), 409, "owned-by-another");
    JsonPath forced = applied("&force=true", changed, deadMan());
    JsonPath pruned = applied("&prune=true", deadMan());

    assertThat(forced.getList("items.action")).containsExactly("CREATE", "UPDATE");
    assertThat(pruned.getList("items.name")).containsExactly(deadMan, pager);
    assertThat(pruned.getList("items.action")).containsExactly("NONE", "PRUNE");
    problem(admin().get(TARGETS + pager).then(), 404, "not-found");
  }

  @Test
  void forgetsWhoseATargetWasWithTheTarget() {
    applied("", pager(QUIET));
    admin().header("If-Match", "*").delete(TARGETS + pager).then().statusCode(204);
    admin().body(spec(QUIET)).put(TARGETS + pager).then().statusCode(201);

    JsonPath owned =
        admin().get("/api/v1/export?owner=" + owner).then().statusCode(200).extract().jsonPath();

    assertThat(owned.getList("items")).isEmpty();
  }

  @Test
  void exportsNoTargetsToAKeyThatIsScopedToClusters() {
    applied("", pager(QUIET));
    String scoped = key(List.of("viewer"), declaredCluster());

    List<String> kinds =
        with(scoped).get("/api/v1/export").then().statusCode(200).extract().path("items.kind");

    assertThat(kinds).contains("Cluster").doesNotContain("NotificationTarget");
  }

  @Test
  void isAuditedAsThePutThatItStandsFor() {
    applied("", pager(QUIET));

    List<Map<String, Object>> rows =
        await()
            .atMost(Duration.ofSeconds(10))
            .until(
                () ->
                    admin()
                        .queryParam("target", TARGETS + pager)
                        .get("/api/v1/audit")
                        .then()
                        .statusCode(200)
                        .extract()
                        .<List<Map<String, Object>>>path("items"),
                found -> !found.isEmpty());

    assertThat(rows).hasSize(1);
    assertThat(rows.get(0))
        .containsEntry("kind", "CHANGE")
        .containsEntry("operation", "putNotificationTarget");
  }

  private String pager(String routes) {
    return document(pager, spec(routes));
  }

  private static String spec(String routes) {
    return "{\"type\":\"WEBHOOK\",\"webhook\":{\"url\":\"https://pager.example.com/holdfast\","
        + "\"secretRef\":\"hook-key\"},\"routes\":"
        + routes
        + "}";
  }

  private String deadMan() {
    return document(
        deadMan,
        "{\"type\":\"HEARTBEAT\",\"heartbeat\":{\"urlRef\":\"dead-man-url\",\"interval\":\"P1D\","
            + "\"clusters\":[\"nobody-*\"],\"labels\":{\"stage\":\"production\"}}}");
  }

  private static String document(String name, String spec) {
    return "{\"apiVersion\":\"holdfast/v1\",\"kind\":\"NotificationTarget\",\"metadata\":{\"name\":\""
        + name
        + "\"},\"spec\":"
        + spec
        + "}";
  }

  private JsonPath applied(String parameters, String... documents) {
    return apply(parameters, documents).statusCode(200).extract().jsonPath();
  }

  private ValidatableResponse apply(String parameters, String... documents) {
    return admin()
        .body("[" + String.join(",", documents) + "]")
        .post("/api/v1/apply?owner=" + owner + parameters)
        .then();
  }
}
