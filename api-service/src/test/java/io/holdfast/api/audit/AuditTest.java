package io.holdfast.api.audit;

import static io.holdfast.api.testing.Api.admin;
import static io.holdfast.api.testing.Api.key;
import static io.holdfast.api.testing.Api.problem;
import static io.holdfast.api.testing.Api.putRepository;
import static io.holdfast.api.testing.Api.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agroal.api.AgroalDataSource;
import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class AuditTest {
  @Inject AgroalDataSource catalog;

  @Test
  void recordsAChangeWithItsOperationAndItsAnswer() {
    String name = Api.name("repo");
    putRepository(name).statusCode(201);

    List<Map<String, Object>> rows = rows("/api/v1/repositories/" + name, 2);

    assertThat(rows)
        .extracting(
            row -> row.get("kind"),
            row -> row.get("operation"),
            row -> row.get("status"),
            row -> row.get("keyId"))
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("CHANGE", "putRepository", null, adminId()),
            org.assertj.core.groups.Tuple.tuple("ACCESS", "putRepository", 201, adminId()));
    assertThat(rows).extracting(row -> row.get("traceId")).containsOnly(rows.get(0).get("traceId"));
  }

  @Test
  void recordsNoChangeForADryRunOrARefusal() {
    String name = Api.name("repo");
    admin()
        .queryParam("dryRun", "true")
        .body(Map.of("type", "FILESYSTEM", "filesystem", Map.of("path", "/var/x")))
        .put("/api/v1/repositories/" + name)
        .then()
        .statusCode(200);
    problem(admin().delete("/api/v1/repositories/" + name).then(), 404, "not-found");

    assertThat(rows("/api/v1/repositories/" + name, 2))
        .extracting(row -> row.get("kind"))
        .containsOnly("ACCESS");
  }

  @Test
  void recordsReadsAndDenials() {
    String viewer = key(List.of("viewer"));
    String name = Api.name("cluster");
    with(viewer).get("/api/v1/clusters/" + name).then().statusCode(404);
    with(viewer).body("{}").put("/api/v1/clusters/" + name).then().statusCode(403);
    RestAssured.get("/api/v1/clusters/" + name).then().statusCode(401);

    assertThat(rows("/api/v1/clusters/" + name, 3))
        .extracting(row -> row.get("operation"), row -> row.get("status"), row -> row.get("keyId"))
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("getCluster", 404, viewer.substring(4, 16)),
            org.assertj.core.groups.Tuple.tuple("putCluster", 403, viewer.substring(4, 16)),
            org.assertj.core.groups.Tuple.tuple("getCluster", 401, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"update audit set status = 200", "delete from audit", "truncate audit"})
  void cannotBeChangedEvenInTheCatalog(String statement) throws SQLException {
    admin().get("/api/v1/clusters").then().statusCode(200);
    rows("/api/v1/clusters", 1);
    try (var connection = catalog.getConnection();
        var change = connection.createStatement()) {
      assertThatThrownBy(() -> change.execute(statement))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("the audit is append-only");
    }
  }

  @Test
  void pagesWithoutLossOrRepetition() {
    String name = Api.name("cluster");
    for (int i = 0; i < 5; i++) {
      admin().get("/api/v1/clusters/" + name).then().statusCode(404);
    }
    String target = "/api/v1/clusters/" + name;
    List<Object> all = rows(target, 5).stream().map(row -> row.get("id")).toList();

    var first = admin().queryParam("target", target).queryParam("limit", 3).get("/api/v1/audit");
    var second =
        admin()
            .queryParam("target", target)
            .queryParam("limit", 3)
            .queryParam("cursor", first.<String>path("nextCursor"))
            .get("/api/v1/audit");

    assertThat(first.<List<Object>>path("items.id")).containsExactlyElementsOf(all.subList(0, 3));
    assertThat(second.<List<Object>>path("items.id")).containsExactlyElementsOf(all.subList(3, 5));
    assertThat(second.<String>path("nextCursor")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"since=yesterday", "since=2026-01-01T00:00:00", "cursor=!"})
  void refusesAFilterThatCannotBeRead(String query) {
    problem(admin().get("/api/v1/audit?" + query).then(), 422, "invalid-request");
  }

  @Test
  void refusesAFilterOfTheWrongType() {
    problem(admin().get("/api/v1/audit?status=x").then(), 400, "invalid-parameter");
  }

  private static List<Map<String, Object>> rows(String target, int atLeast) {
    return await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () ->
                admin()
                    .queryParam("target", target)
                    .queryParam("limit", 200)
                    .get("/api/v1/audit")
                    .then()
                    .statusCode(200)
                    .extract()
                    .<List<Map<String, Object>>>path("items"),
            found -> found.size() >= atLeast);
  }

  private static String adminId() {
    return StackResource.ADMIN_KEY.substring(4, 16);
  }
}
