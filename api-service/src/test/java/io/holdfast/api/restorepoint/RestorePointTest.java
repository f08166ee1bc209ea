package io.holdfast.api.restorepoint;

import static io.holdfast.api.testing.ApiFixture.admin;
import static io.holdfast.api.testing.ApiFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.Lsn;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class RestorePointTest {
  private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
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
  void goesFromTheRequestOverTheWireToTheList() {
    String first = written("before the release", "0/100");
    String second = written("after the release", "0/200");

    JsonPath done = job(first);
    assertThat(done.getString("result.node")).isEqualTo("pg-1");
    assertThat(done.getString("result.restorePoint.name")).isEqualTo("before the release");
    assertThat(done.getString("result.restorePoint.lsn")).isEqualTo("0/100");
    assertThat(done.getInt("result.restorePoint.timeline")).isEqualTo(1);
    JsonPath page = list("?limit=1");
    assertThat(page.getList("items.jobId")).isEqualTo(List.of(second));
    assertThat(list("?limit=1&cursor=" + page.getString("nextCursor")).getList("items.name"))
        .isEqualTo(List.of("before the release"));
  }

  @Test
  void refusesANameThatTheClusterHas() {
    written("release", "0/100");

    Api.problem(post("{\"name\":\"release\"}").then(), 409, "name-taken");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"name\":\"\"}",
        "{\"name\":\"a\\nb\"}",
        "{\"name\":\"éééééééééééééééééééééééééééééééé\"}"
      })
  void refusesANameThatTheServerWouldNotTake(String body) {
    Api.problem(post(body).then(), 422, "invalid-request");
  }

  private String written(String name, String lsn) {
    String id = post("{\"name\":\"" + name + "\"}").then().statusCode(202).extract().path("id");
    JobSpec.RestorePoint spec = (JobSpec.RestorePoint) api.worker().awaitRun(id, 1).spec();
    api.worker().accept(id, 1);
    api.worker()
        .succeed(
            id, 1, new JobResult.RestorePointCreated(spec.name(), "pg-1", 1, Lsn.parse(lsn), AT));
    await().atMost(Duration.ofSeconds(20)).until(() -> job(id).getBoolean("done"));
    return id;
  }

  private Response post(String body) {
    return admin().body(body).post("/api/v1/clusters/" + api.cluster() + "/restore-points");
  }

  private JsonPath list(String query) {
    return admin()
        .get("/api/v1/clusters/" + api.cluster() + "/restore-points" + query)
        .then()
        .statusCode(200)
        .extract()
        .jsonPath();
  }
}
