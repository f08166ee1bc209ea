package io.holdfast.api.problem;

import static io.holdfast.api.testing.Api.admin;
import static io.holdfast.api.testing.Api.problem;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;

import io.holdfast.api.testing.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ProblemTest {
  private static final String CLUSTER = "/api/v1/clusters/orders";

  @ParameterizedTest
  @ValueSource(
      strings = {"{", "[", "nonsense", "{\"nodes\":}", "{} {}", "{\"pool\":\"a\",\"pool\":\"b\"}"})
  void callsABodyThatIsNotJsonMalformed(String body) {
    problem(admin().body(body).put(CLUSTER).then(), 400, "malformed-request");
  }

  @Test
  void namesAnUnknownField() {
    problem(
            admin()
                .body("{\"nodes\":[{\"name\":\"a\",\"password\":\"s3cret\"}]}")
                .put(CLUSTER)
                .then(),
            422,
            "invalid-request")
        .body("violations.field", hasItem("nodes[0].password"))
        .body(not(containsString("s3cret")));
  }

  @Test
  void namesAFieldOfTheWrongType() {
    problem(
            admin().body("{\"nodes\":[{\"name\":\"a\",\"port\":\"x\"}]}").put(CLUSTER).then(),
            422,
            "invalid-request")
        .body("violations.field", hasItem("nodes[0].port"));
  }

  @Test
  void listsEveryMissingField() {
    problem(admin().body("{}").put(CLUSTER).then(), 422, "invalid-request")
        .body("violations.field", hasItem("nodes"))
        .body("violations.field", hasItem("repository"))
        .body("violations.field", hasItem("credentialsRef"));
  }

  @Test
  void refusesAnAbsentBody() {
    problem(admin().put(CLUSTER).then(), 422, "invalid-request");
  }

  @Test
  void refusesDeepNesting() {
    problem(
        admin()
            .body("{\"labels\":" + "[".repeat(5000) + "]".repeat(5000) + "}")
            .put(CLUSTER)
            .then(),
        422,
        "invalid-request");
  }

  @Test
  void refusesAHugeBody() {
    problem(admin().body("x".repeat(2 * 1024 * 1024)).put(CLUSTER).then(), 413, "too-large");
  }

  @Test
  void refusesAnotherMediaType() {
    problem(
        admin().contentType("text/plain").body("x").put(CLUSTER).then(),
        415,
        "unsupported-media-type");
  }

  @Test
  void refusesToProduceAnotherMediaType() {
    problem(admin().accept("image/png").get("/api/v1/clusters").then(), 406, "not-acceptable");
  }

  @Test
  void refusesAnotherMethod() {
    problem(admin().patch("/api/v1/clusters").then(), 405, "method-not-allowed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/api/v1/nothing", "/api", "/api/v1/clusters/a/b/c", "/favicon.ico"})
  void knowsNoOtherRoute(String path) {
    problem(RestAssured.get(path).then(), 404, "not-found");
  }

  @Test
  void refusesAParameterOfTheWrongType() {
    problem(admin().get("/api/v1/clusters?limit=many").then(), 400, "invalid-parameter")
        .body("hint", containsString("limit"));
    problem(admin().get("/api/v1/clusters?cursor=%00").then(), 422, "invalid-request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"clusters", "repositories", "jobs", "backups", "audit", "api-keys"})
  void refusesAPageOfLessThanOne(String list) {
    for (String limit : new String[] {"0", "-1"}) {
      problem(admin().get("/api/v1/" + list + "?limit=" + limit).then(), 400, "invalid-parameter")
          .body("violations.field", hasItem("limit"))
          .body("hint", containsString("1 to 200"));
    }
    admin().get("/api/v1/" + list + "?limit=100000").then().statusCode(200);
  }

  @Test
  void answersWithTheTraceOfTheCaller() {
    admin()
        .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        .get("/api/v1/clusters/none")
        .then()
        .statusCode(404)
        .header("X-Request-Id", equalTo("4bf92f3577b34da6a3ce929d0e0e4736"))
        .body("traceId", equalTo("4bf92f3577b34da6a3ce929d0e0e4736"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a%00b", "..%2f..%2fetc", "%27%3B--", "-v", "A", "%F0%9F%98%80"})
  void takesAHostileNameForOneThatIsNotThere(String name) {
    problem(
        admin().urlEncodingEnabled(false).get("/api/v1/clusters/" + name).then(), 404, "not-found");
    problem(
        admin().urlEncodingEnabled(false).get("/api/v1/repositories/" + name).then(),
        404,
        "not-found");
  }
}
