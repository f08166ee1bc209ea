package io.holdfast.api.access;

import static io.holdfast.api.testing.Api.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.Operation;
import io.holdfast.api.testing.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who may do what: a table over every operation that the running service publishes. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class RoleMatrixTest {
  private static final Set<String> EVERYONE = Set.of("viewer", "operator", "restorer", "admin");
  private static final Set<String> OPERATORS = Set.of("operator", "admin");
  private static final Set<String> RESTORERS = Set.of("restorer", "admin");
  private static final Set<String> ADMINS = Set.of("admin");

  /** An operation that is missing here fails the test: decide who may call it. */
  private static final Map<String, Set<String>> ALLOWED =
      Map.ofEntries(
          Map.entry("listApiKeys", ADMINS),
          Map.entry("createApiKey", ADMINS),
          Map.entry("getApiKey", ADMINS),
          Map.entry("deleteApiKey", ADMINS),
          Map.entry("listAudit", ADMINS),
          Map.entry("listRepositories", EVERYONE),
          Map.entry("getRepository", EVERYONE),
          Map.entry("putRepository", ADMINS),
          Map.entry("deleteRepository", ADMINS),
          Map.entry("listClusters", EVERYONE),
          Map.entry("getCluster", EVERYONE),
          Map.entry("putCluster", ADMINS),
          Map.entry("deleteCluster", ADMINS),
          Map.entry("applyFleet", ADMINS),
          Map.entry("getExport", EVERYONE),
          Map.entry("getTopology", EVERYONE),
          Map.entry("getArchiveSettings", EVERYONE),
          Map.entry("getRecoveryWindows", EVERYONE),
          Map.entry("getClusterRecoverability", EVERYONE),
          Map.entry("listFleetRecoverability", EVERYONE),
          Map.entry("createWalGapAcknowledgement", OPERATORS),
          Map.entry("listClusterEvents", EVERYONE),
          Map.entry("createRestorePoint", OPERATORS),
          Map.entry("listRestorePoints", EVERYONE),
          Map.entry("createDrill", RESTORERS),
          Map.entry("getDrillReport", EVERYONE),
          Map.entry("getDrillReportPage", EVERYONE),
          Map.entry("createCheck", OPERATORS),
          Map.entry("createBackup", OPERATORS),
          Map.entry("listBackups", EVERYONE),
          Map.entry("getBackup", EVERYONE),
          Map.entry("listBackupContents", EVERYONE),
          Map.entry("createVerification", OPERATORS),
          Map.entry("listVerifications", EVERYONE),
          Map.entry("createRestore", RESTORERS),
          Map.entry("getRetentionPlan", EVERYONE),
          Map.entry("listRetentionPlans", EVERYONE),
          Map.entry("createExpiration", ADMINS),
          Map.entry("deleteBackup", ADMINS),
          Map.entry("createHold", ADMINS),
          Map.entry("listHolds", EVERYONE),
          Map.entry("deleteHold", ADMINS),
          Map.entry("createKeyRotation", ADMINS),
          Map.entry("createReencryption", ADMINS),
          Map.entry("createWalReencryption", ADMINS),
          Map.entry("createClusterReencryption", ADMINS),
          Map.entry("getClusterReencryption", EVERYONE),
          Map.entry("createCopy", OPERATORS),
          Map.entry("listCopies", EVERYONE),
          Map.entry("getClusterCopies", EVERYONE),
          Map.entry("createScan", OPERATORS),
          Map.entry("listScans", EVERYONE),
          Map.entry("getScan", EVERYONE),
          Map.entry("listClusterSchedules", EVERYONE),
          Map.entry("getClusterSchedule", EVERYONE),
          Map.entry("putClusterSchedule", ADMINS),
          Map.entry("deleteClusterSchedule", ADMINS),
          Map.entry("listClusterScheduleUpcoming", EVERYONE),
          Map.entry("listClusterScheduleRuns", EVERYONE),
          Map.entry("listRepositorySchedules", EVERYONE),
          Map.entry("getRepositorySchedule", EVERYONE),
          Map.entry("putRepositorySchedule", ADMINS),
          Map.entry("deleteRepositorySchedule", ADMINS),
          Map.entry("listRepositoryScheduleUpcoming", EVERYONE),
          Map.entry("listRepositoryScheduleRuns", EVERYONE),
          Map.entry("getRecoveryKit", EVERYONE),
          Map.entry("listNotificationTargets", EVERYONE),
          Map.entry("getNotificationTarget", EVERYONE),
          Map.entry("putNotificationTarget", ADMINS),
          Map.entry("deleteNotificationTarget", ADMINS),
          Map.entry("createNotificationTest", OPERATORS),
          Map.entry("listNotificationDeliveries", EVERYONE),
          Map.entry("getNotificationDelivery", EVERYONE),
          Map.entry("createRedelivery", OPERATORS),
          Map.entry("listJobs", EVERYONE),
          Map.entry("getJob", EVERYONE),
          Map.entry("getJobOutcome", EVERYONE),
          Map.entry("listJobEvents", EVERYONE),
          Map.entry("streamJobEvents", EVERYONE),
          Map.entry("cancelJob", Set.of("operator", "restorer", "admin")));

  /** What is needed beside an empty object. */
  private static final Map<String, String> BODIES =
      Map.of("createBackup", "{\"method\":\"LOGICAL\"}", "createRestorePoint", "{\"name\":\"p\"}");

  /** A cluster alone does not make these succeed. */
  private static final Set<String> NEEDS_MORE =
      Set.of(
          "createWalGapAcknowledgement",
          "createDrill",
          "getClusterReencryption",
          "getClusterSchedule",
          "listClusterScheduleUpcoming",
          "listClusterScheduleRuns");

  @Test
  void hasARuleForEveryOperation() {
    assertThat(Operation.all())
        .allSatisfy(operation -> assertThat(ALLOWED).containsKey(operation.id()));
  }

  @Test
  void letsNobodyInWithoutAKey() {
    for (Operation operation : Operation.all()) {
      problem(
          call(operation, RestAssured.given().contentType(ContentType.JSON)).then(),
          401,
          "unauthenticated");
    }
  }

  @Test
  void letsEachRoleDoWhatItIsForAndNothingElse() {
    Map<String, String> keys = new HashMap<>();
    EVERYONE.forEach(role -> keys.put(role, Api.key(List.of(role))));
    for (Operation operation : Operation.all()) {
      for (String role : EVERYONE) {
        Response answer = call(operation, Api.with(keys.get(role)));
        if (ALLOWED.get(operation.id()).contains(role)) {
          assertThat(answer.statusCode())
              .as("%s as %s: %s", operation.id(), role, answer.asString())
              .isNotIn(401, 403)
              .isLessThan(500);
        } else {
          problem(answer.then(), 403, "forbidden");
        }
      }
    }
  }

  @Test
  void hidesOtherClustersFromAScopedKey() {
    String mine = Api.declaredCluster();
    String other = Api.declaredCluster();
    String scoped = Api.key(List.of("viewer", "operator", "restorer"), mine);

    for (Operation operation : Operation.all()) {
      if (operation.path().startsWith("/api/v1/clusters/{name}")
          && !ALLOWED.get(operation.id()).equals(ADMINS)) {
        assertThat(call(operation, Api.with(scoped), other).statusCode())
            .as(operation.toString())
            .isEqualTo(404);
        if (!NEEDS_MORE.contains(operation.id())) {
          assertThat(call(operation, Api.with(scoped), mine).statusCode())
              .as(operation.toString())
              .isBetween(200, 299);
        }
      }
    }
    assertThat(
            Api.with(scoped)
                .get("/api/v1/clusters")
                .then()
                .statusCode(200)
                .extract()
                .<List<String>>path("items.name"))
        .containsExactly(mine);
  }

  @Test
  void showsAScopedKeyOnlyTheRepositoriesOfItsClusters() {
    String mine = Api.declaredCluster();
    String hidden = Api.repository();
    String scoped = Api.key(List.of("viewer"), mine);
    String visible = Api.admin().get("/api/v1/clusters/" + mine).path("repository");

    assertThat(
            Api.with(scoped)
                .get("/api/v1/repositories")
                .then()
                .extract()
                .<List<String>>path("items.name"))
        .containsExactly(visible);
    problem(Api.with(scoped).get("/api/v1/repositories/" + hidden).then(), 404, "not-found");
  }

  @Test
  void letsAScopedAdminDeclareNothing() {
    String mine = Api.declaredCluster();
    String other = Api.declaredCluster();
    String scoped = Api.key(List.of("admin"), mine);
    Map<String, Object> body = Api.cluster("none");

    problem(Api.with(scoped).body(body).put("/api/v1/clusters/" + mine).then(), 403, "forbidden");
    problem(Api.with(scoped).body(body).put("/api/v1/clusters/" + other).then(), 404, "not-found");
    problem(Api.with(scoped).get("/api/v1/audit").then(), 403, "forbidden");
  }

  private static Response call(Operation operation, RequestSpecification request) {
    return call(operation, request, "none");
  }

  private static Response call(Operation operation, RequestSpecification request, String name) {
    String path = operation.path().replace("{name}", name).replaceAll("\\{[^}]*}", "none");
    if (operation.hasBody()) {
      request.body(BODIES.getOrDefault(operation.id(), "{}"));
    }
    return request.request(operation.method(), path);
  }
}
