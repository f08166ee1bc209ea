package io.holdfast.api.job;

import static io.holdfast.api.testing.Api.problem;
import static io.holdfast.api.testing.ApiFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Manifests;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.job.JobResult;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What roles and scopes mean for jobs, backups and restores that exist. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class JobScopeTest {
  private static final String LOGICAL = "{\"method\":\"LOGICAL\"}";
  private ApiFixture api;

  @BeforeEach
  void declare() {
    api = new ApiFixture();
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void letsAViewerNeitherBackUpNorRestoreNorCancel() {
    String viewer = Api.key(List.of("viewer"));
    String id = api.backup(LOGICAL);

    problem(backUp(viewer), 403, "forbidden");
    problem(restoreLatest(viewer), 403, "forbidden");
    problem(cancel(viewer, id), 403, "forbidden");
    assertThat(jobs()).containsExactly(id);
    Api.with(viewer).get("/api/v1/jobs/" + id).then().statusCode(200);
  }

  @Test
  void letsAnOperatorBackUpAndNotRestore() {
    String operator = Api.key(List.of("operator"));
    backedUp();

    problem(restoreLatest(operator), 403, "forbidden");
    backUp(operator).statusCode(202);
  }

  @Test
  void letsARestorerCancelTheirOwnRestoreAndNothingElse() {
    String restorer = Api.key(List.of("restorer"));
    String another = Api.key(List.of("restorer"));
    backedUp();
    String restore = restoreLatest(restorer).statusCode(202).extract().path("id");
    String backup = api.backup(LOGICAL);

    problem(cancel(another, restore), 403, "forbidden");
    problem(cancel(restorer, backup), 403, "forbidden");
    assertThat(job(restore).getBoolean("cancelRequested")).isFalse();
    cancel(restorer, restore).statusCode(202);
    assertThat(job(restore).getBoolean("cancelRequested")).isTrue();
  }

  @Test
  void letsNobodyCancelARestoreWhoCouldNotHaveStartedIt() {
    String operator = Api.key(List.of("operator"));
    backedUp();
    String restore = restoreLatest(StackResource.ADMIN_KEY).statusCode(202).extract().path("id");

    problem(cancel(operator, restore), 403, "forbidden").body("hint", containsString("restorer"));
    assertThat(job(restore).getBoolean("cancelRequested")).isFalse();
    cancel(Api.key(List.of("operator", "restorer")), restore).statusCode(202);
    assertThat(job(restore).getBoolean("cancelRequested")).isTrue();
  }

  @Test
  void hidesJobsBackupsAndRestoresOfOtherClustersFromAScopedKey() {
    String scoped = Api.key(List.of("operator", "restorer"), Api.declaredCluster());
    String id = backedUp();
    String backup = "/api/v1/backups/" + job(id).getString("result.backupId");
    List<String> known = jobs();

    for (String path :
        List.of(
            "/api/v1/jobs/" + id,
            "/api/v1/jobs/" + id + "/outcome",
            "/api/v1/jobs/" + id + "/events",
            backup,
            backup + "/contents",
            backup + "/verifications")) {
      problem(Api.with(scoped).get(path).then(), 404, "not-found");
    }
    problem(backUp(scoped), 404, "not-found");
    problem(cancel(scoped, id), 404, "not-found");
    problem(restoreLatest(scoped), 404, "not-found");
    problem(
        restore(scoped, "\"backupId\":\"" + job(id).getString("result.backupId") + "\""),
        404,
        "not-found");
    problem(Api.with(scoped).body("{}").post(backup + "/verifications").then(), 404, "not-found");
    assertThat(jobs()).isEqualTo(known);
    assertThat(listed(scoped, "/api/v1/jobs")).isEmpty();
    assertThat(listed(scoped, "/api/v1/backups")).isEmpty();
  }

  /** The id of a backup job that succeeded. */
  private String backedUp() {
    String id = api.backup(LOGICAL);
    JobCommand.RunJob run = api.worker().awaitRun(id, 1);
    api.worker().accept(id, 1);
    api.worker().succeed(id, 1, new JobResult.BackedUp(Manifests.of(run, "LOGICAL", 1), null));
    await().until(() -> job(id).getBoolean("done"));
    return id;
  }

  private List<String> jobs() {
    return listed(StackResource.ADMIN_KEY, "/api/v1/jobs?cluster=" + api.cluster());
  }

  private static List<String> listed(String key, String path) {
    return Api.with(key).get(path).then().statusCode(200).extract().path("items.id");
  }

  private ValidatableResponse backUp(String key) {
    return Api.with(key)
        .body(LOGICAL)
        .post("/api/v1/clusters/" + api.cluster() + "/backups")
        .then();
  }

  private ValidatableResponse restoreLatest(String key) {
    return restore(key, "\"latestOf\":\"" + api.cluster() + "\"");
  }

  private static ValidatableResponse restore(String key, String which) {
    return Api.with(key)
        .body("{" + which + ",\"logical\":{\"databases\":[\"orders\"]}}")
        .post("/api/v1/restores")
        .then();
  }

  private static ValidatableResponse cancel(String key, String job) {
    return Api.with(key).post("/api/v1/jobs/" + job + "/cancellations").then();
  }
}
