package io.holdfast.api.fleet;

import static io.holdfast.api.testing.Api.admin;
import static io.holdfast.api.testing.Api.name;
import static io.holdfast.api.testing.Api.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What files no longer name is forgotten; what was backed up under it is not. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class FleetBackupsTest {
  private final String owner = name("owner");

  @Test
  void pruningAClusterLeavesItsBackupsAndKeepsTheRepositoryThatTheyLieIn() {
    try (ApiFixture api = new ApiFixture()) {
      String backup = api.physical("0/220000", "0/240000", Instant.now());
      Map<String, Object> repository = exported("Repository", api.cluster());
      Map<String, Object> cluster = exported("Cluster", api.cluster());
      Map<String, Object> other = repository(name("other"));
      apply(repository, cluster, other).statusCode(200);

      JsonPath pruned = apply(repository, other).statusCode(200).extract().jsonPath();
      ValidatableResponse refused = apply(other);

      assertThat(pruned.getList("items.findAll { it.action == 'PRUNE' }.kind"))
          .containsExactly("Cluster");
      problem(admin().get("/api/v1/clusters/" + api.cluster()).then(), 404, "not-found");
      problem(refused, 409, "in-use");
      admin().get("/api/v1/repositories/" + api.cluster()).then().statusCode(200);
      JsonPath kept =
          admin().get("/api/v1/backups/" + backup).then().statusCode(200).extract().jsonPath();
      assertThat(kept.getString("state")).isEqualTo("AVAILABLE");
      assertThat(kept.getString("cluster")).isEqualTo(api.cluster());
    }
  }

  private static Map<String, Object> exported(String kind, String name) {
    return admin()
        .get("/api/v1/export")
        .then()
        .statusCode(200)
        .extract()
        .path("items.find { it.kind == '" + kind + "' && it.metadata.name == '" + name + "' }");
  }

  private static Map<String, Object> repository(String name) {
    return Map.of(
        "apiVersion",
        "holdfast/v1",
        "kind",
        "Repository",
        "metadata",
        Map.of("name", name),
        "spec",
        Map.of("type", "FILESYSTEM", "filesystem", Map.of("path", "/var/lib/holdfast/" + name)));
  }

  @SafeVarargs
  private ValidatableResponse apply(Map<String, Object>... declarations) {
    return admin()
        .body(List.of(declarations))
        .post("/api/v1/apply?prune=true&owner=" + owner)
        .then();
  }
}
