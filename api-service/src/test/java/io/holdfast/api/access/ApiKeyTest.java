package io.holdfast.api.access;

import static io.holdfast.api.testing.Api.admin;
import static io.holdfast.api.testing.Api.key;
import static io.holdfast.api.testing.Api.problem;
import static io.holdfast.api.testing.Api.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.agroal.api.AgroalDataSource;
import io.holdfast.api.testing.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ApiKeyTest {
  @Inject AgroalDataSource catalog;

  @Test
  void showsTheKeyOnceAndStoresOnlyItsHash() throws SQLException {
    String key = key(List.of("viewer"));
    String id = key.substring(4, 16);

    assertThat(key).matches("hfk_[a-z2-7]{12}_[A-Za-z0-9_-]{43}");
    admin()
        .get("/api/v1/api-keys/" + id)
        .then()
        .statusCode(200)
        .body("id", equalTo(id))
        .body("key", nullValue())
        .body(not(containsString(key.substring(17))));
    try (var connection = catalog.getConnection();
        var rows = connection.createStatement().executeQuery("select api_key::text from api_key")) {
      while (rows.next()) {
        assertThat(rows.getString(1)).doesNotContain(key.substring(17));
      }
    }
  }

  @Test
  void refusesARequestWithoutAKey() {
    problem(RestAssured.get("/api/v1/clusters").then(), 401, "unauthenticated")
        .header("WWW-Authenticate", equalTo("Bearer realm=\"holdfast\""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic YWRtaW46YWRtaW4=",
        "Bearer hfk_bootstrapkey_",
        "Bearer hfk_aaaaaaaaaaaa_BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "Bearer hfk_aaaaaaaaaaaa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      })
  void refusesWhatIsNotAKnownKey(String authorization) {
    problem(
            RestAssured.given()
                .header("Authorization", authorization)
                .get("/api/v1/clusters")
                .then(),
            401,
            "unauthenticated")
        .header("WWW-Authenticate", equalTo("Bearer realm=\"holdfast\""));
  }

  @Test
  void refusesTheRightIdWithAnotherSecret() {
    String key = key(List.of("viewer"));
    with(key).get("/api/v1/clusters").then().statusCode(200);

    String other = key.substring(0, 17) + "A".repeat(43);

    problem(with(other).get("/api/v1/clusters").then(), 401, "unauthenticated");
  }

  @Test
  void refusesARevokedKeyAtOnceAndStillListsIt() {
    String key = key(List.of("viewer"));
    with(key).get("/api/v1/clusters").then().statusCode(200);

    admin().delete("/api/v1/api-keys/" + key.substring(4, 16)).then().statusCode(204);

    problem(with(key).get("/api/v1/clusters").then(), 401, "unauthenticated");
    admin()
        .get("/api/v1/api-keys/" + key.substring(4, 16))
        .then()
        .body("revokedAt", notNullValue())
        .body("revokedBy", equalTo(StackResource.ADMIN_KEY.substring(4, 16)));
  }

  @Test
  void refusesAnExpiredKey() {
    String key =
        admin()
            .body(
                Map.of(
                    "name",
                    "short",
                    "roles",
                    List.of("viewer"),
                    "expiresAt",
                    Instant.now().plusSeconds(2).toString()))
            .post("/api/v1/api-keys")
            .then()
            .statusCode(201)
            .extract()
            .path("key");
    with(key).get("/api/v1/clusters").then().statusCode(200);

    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> problem(with(key).get("/api/v1/clusters").then(), 401, "unauthenticated"));
  }

  @Test
  void recordsTheLastUse() {
    String key = key(List.of("viewer"));
    with(key).get("/api/v1/clusters").then().statusCode(200);

    admin()
        .get("/api/v1/api-keys/" + key.substring(4, 16))
        .then()
        .body("lastUsedAt", notNullValue());
  }

  @Test
  void refusesAKeyThatIsScopedToMakeKeys() {
    String scoped = key(List.of("admin"), "orders");

    problem(
        with(scoped)
            .body(Map.of("name", "more", "roles", List.of("admin")))
            .post("/api/v1/api-keys")
            .then(),
        403,
        "forbidden");
  }

  @Test
  void neverRepeatsAKeyThatSomebodyPutIntoAPath() {
    String key = key(List.of("viewer"));

    problem(admin().delete("/api/v1/api-keys/" + key).then(), 404, "not-found")
        .body(not(containsString(key.substring(17))));
    await()
        .untilAsserted(
            () ->
                admin()
                    .queryParam("limit", 200)
                    .get("/api/v1/audit")
                    .then()
                    .body(containsString("hfk_" + key.substring(4, 16) + "_***"))
                    .body(not(containsString(key.substring(17)))));
  }

  @Test
  void refusesWrongWishes() {
    for (Map<String, ?> wrong :
        List.<Map<String, ?>>of(
            Map.of("roles", List.of("viewer")),
            Map.of("name", "x"),
            Map.of("name", "x", "roles", List.of()),
            Map.of("name", "x", "roles", List.of("root")),
            Map.of("name", "x", "roles", List.of("viewer"), "clusters", List.of()),
            Map.of("name", "x", "roles", List.of("viewer"), "clusters", List.of("../x")),
            Map.of("name", "x", "roles", List.of("viewer"), "expiresAt", "2001-01-01T00:00:00Z"),
            Map.of("name", "x", "roles", List.of("viewer"), "expiresAt", "2090-01-01T00:00:00"),
            Map.of("name", "x", "roles", List.of("viewer"), "password", "y"))) {
      problem(admin().body(wrong).post("/api/v1/api-keys").then(), 422, "invalid-request");
    }
  }
}
