package io.holdfast.api.oidc;

import static io.holdfast.api.testing.Api.admin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Manifests;
import io.holdfast.api.testing.StackResource;
import io.holdfast.api.testing.TestIssuer;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.job.JobResult;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jose4j.jwk.PublicJsonWebKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The step of {@code docs/examples/oidc/backup.github.yml}, run as written but for its cluster. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class WorkloadStepTest {
  private static final Path PIPELINE =
      Path.of("..", "docs", "examples", "oidc", "backup.github.yml");
  private static final String MAIN = "refs/heads/main";

  private final TestIssuer platform = new TestIssuer("ci");

  @TestHTTPResource("/")
  URI service;

  @TempDir Path folder;

  @Test
  void succeedsWhenTheBackupExists() throws Exception {
    try (ApiFixture api = new ApiFixture()) {
      Process step = begin(api.cluster());
      String job = awaitJob(api.cluster());
      JobCommand.RunJob run = api.worker().awaitRun(job, 1);
      api.worker().accept(job, 1);
      api.worker()
          .succeed(
              job,
              1,
              new JobResult.BackedUp(
                  Manifests.physical(run, "0/2000028", "0/2000100", Instant.now()), null));

      String output = new String(step.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(step.waitFor()).as(output).isZero();
      assertThat(output).contains("\"outcome\":\"SUCCEEDED\"");
      assertThat(ApiFixture.job(job).getString("trigger"))
          .isEqualTo(platform.url() + "#repo:acme/database-fleet:ref:" + MAIN);
    }
  }

  @Test
  void failsWhenTheBackupIsCancelled() throws Exception {
    try (ApiFixture api = new ApiFixture()) {
      Process step = begin(api.cluster());
      String job = awaitJob(api.cluster());
      admin().body("{}").post("/api/v1/jobs/" + job + "/cancellations").then().statusCode(202);

      String output = new String(step.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(step.waitFor()).as(output).isNotZero();
    }
  }

  private static String awaitJob(String cluster) {
    return await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                admin()
                    .queryParam("cluster", cluster)
                    .get("/api/v1/jobs")
                    .then()
                    .statusCode(200)
                    .extract()
                    .<String>path("items.find { it.kind == 'BACKUP' }.id"),
            id -> id != null);
  }

  @SuppressWarnings("unchecked")
  private Process begin(String cluster) throws IOException {
    Map<String, Object> pipeline = new Yaml().load(Files.readString(PIPELINE));
    Map<String, Object> jobs = (Map<String, Object>) pipeline.get("jobs");
    Map<String, Object> job = (Map<String, Object>) jobs.get("backup");
    List<Map<String, Object>> steps = (List<Map<String, Object>>) job.get("steps");
    String script = (String) steps.get(0).get("run");
    ProcessBuilder builder =
        new ProcessBuilder(
            "bash", "-e", "-o", "pipefail", "-c", script.replace("/orders/", "/" + cluster + "/"));
    builder.directory(folder.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "HOLDFAST",
                service.toString().replaceAll("/$", ""),
                "AUDIENCE",
                TestIssuer.AUDIENCE,
                "GITHUB_RUN_ID",
                cluster,
                "GITHUB_RUN_ATTEMPT",
                "1",
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
                "of-the-runner",
                "ACTIONS_ID_TOKEN_REQUEST_URL",
                platform.gives(token())));
    builder.redirectErrorStream(true);
    return builder.start();
  }

  private String token() {
    PublicJsonWebKey key = TestIssuer.key(Api.name("step"));
    platform.publish(key);
    String token =
        platform.token(
            key,
            "repo:acme/database-fleet:ref:" + MAIN,
            Map.of("repository", "acme/database-fleet", "ref", MAIN));
    // The service asks for keys once a second at most.
    await().until(() -> Api.with(token).get("/api/v1/clusters").statusCode() == 200);
    return token;
  }
}
