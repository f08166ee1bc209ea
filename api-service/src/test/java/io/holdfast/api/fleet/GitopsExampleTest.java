package io.holdfast.api.fleet;

import static io.holdfast.api.testing.Api.admin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.StackResource;
import io.holdfast.api.testing.TestIssuer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jose4j.jwk.PublicJsonWebKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The folder {@code docs/examples/gitops}: its script and its pipelines, run as written. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class GitopsExampleTest {
  private static final Path FOLDER = Path.of("..", "docs", "examples", "gitops");
  private static final String MAIN = "refs/heads/main";
  private static final String PULL_REQUEST = "refs/pull/7/merge";

  private final TestIssuer platform = new TestIssuer("ci");
  private final PublicJsonWebKey key = TestIssuer.key(Api.name("gitops"));

  @TestHTTPResource("/")
  URI service;

  /**
   * @param output what the service answered, or why not
   */
  private record Run(int exit, String output) {
    JsonPath plan() {
      return JsonPath.from(output.substring(output.indexOf('{')));
    }
  }

  /** What is archived and copied keeps the service busy, and this catalog is not for this alone. */
  @AfterEach
  void forget() {
    for (String path :
        List.of(
            "notification-targets/pager",
            "notification-targets/dba-mail",
            "notification-targets/dead-man",
            "clusters/orders",
            "clusters/reports",
            "repositories/main",
            "repositories/offsite")) {
      admin().header("If-Match", "*").delete("/api/v1/" + path);
    }
  }

  @Test
  void isPlannedThenAppliedThenUnchanged() throws Exception {
    Map<String, String> token = Map.of("HOLDFAST_TOKEN", StackResource.ADMIN_KEY);

    Run plan = run("./apply.sh plan", token);
    Run applied = run("./apply.sh apply", token);
    Run again = run("./apply.sh apply", token);

    assertThat(plan.plan().getBoolean("dryRun")).isTrue();
    assertThat(plan.plan().getInt("created")).isEqualTo(12);
    assertThat(applied.plan().getInt("created")).isEqualTo(12);
    assertThat(again.plan().getInt("unchanged")).isEqualTo(12);
    admin()
        .get("/api/v1/clusters/orders")
        .then()
        .statusCode(200)
        .body("copies[0].repository", equalTo("offsite"))
        .body("retention.daily", equalTo(14));
  }

  @Test
  void failsTheStepWhenItIsRefused() throws Exception {
    Run refused = run("./apply.sh", Map.of("HOLDFAST_TOKEN", "hfk_aaaaaaaaaaaa_" + "A".repeat(43)));

    assertThat(refused.exit()).isNotZero();
    assertThat(refused.output()).contains("\"code\":\"unauthenticated\"");
  }

  @Test
  void isPlannedByAPullRequestAndAppliedByAMergeOnGithub() throws Exception {
    Run plan = github(PULL_REQUEST, PULL_REQUEST);
    Run applied = github(MAIN, MAIN);
    Run stranger = github(MAIN, PULL_REQUEST);

    assertThat(plan.exit()).as(plan.output()).isZero();
    assertThat(plan.plan().getBoolean("dryRun")).isTrue();
    assertThat(applied.plan().getInt("created")).isEqualTo(12);
    assertThat(stranger.exit()).as("a pull request that claims to be main").isNotZero();
    assertThat(stranger.output()).contains("Applying declarations needs the role admin.");
  }

  @Test
  void isPlannedByAMergeRequestAndAppliedByAMergeOnGitlab() throws Exception {
    Run plan = gitlab("", PULL_REQUEST);
    Run applied = gitlab("main", MAIN);

    assertThat(plan.plan().getBoolean("dryRun")).isTrue();
    assertThat(applied.plan().getInt("created")).isEqualTo(12);
  }

  /** The step, by the shell and with the variables that the platform gives it. */
  @SuppressWarnings("unchecked")
  private Run github(String ref, String refOfToken) throws Exception {
    Map<String, Object> jobs = (Map<String, Object>) pipeline("fleet.github.yml").get("jobs");
    Map<String, Object> job = (Map<String, Object>) jobs.get("fleet");
    List<Map<String, Object>> steps = (List<Map<String, Object>>) job.get("steps");
    String script = (String) steps.get(1).get("run");
    return run(
        script,
        Map.of(
            "GITHUB_REF",
            ref,
            "HOLDFAST_AUDIENCE",
            TestIssuer.AUDIENCE,
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
            "of-the-runner",
            "ACTIONS_ID_TOKEN_REQUEST_URL",
            platform.gives(token(refOfToken))));
  }

  @SuppressWarnings("unchecked")
  private Run gitlab(String branch, String refOfToken) throws Exception {
    Map<String, Object> job = (Map<String, Object>) pipeline("fleet.gitlab.yml").get("fleet");
    return run(
        String.join("\n", (List<String>) job.get("script")),
        Map.of(
            "CI_COMMIT_BRANCH",
            branch,
            "CI_DEFAULT_BRANCH",
            "main",
            "HOLDFAST_TOKEN",
            token(refOfToken)));
  }

  private static Map<String, Object> pipeline(String file) throws IOException {
    return new Yaml().load(Files.readString(FOLDER.resolve(file)));
  }

  private String token(String ref) {
    platform.publish(key);
    String token =
        platform.token(
            key,
            "repo:acme/database-fleet:ref:" + ref,
            Map.of("repository", "acme/database-fleet", "ref", ref));
    // The service asks for keys once a second at most.
    await().until(() -> Api.with(token).get("/api/v1/clusters").statusCode() == 200);
    return token;
  }

  private Run run(String script, Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("bash", "-e", "-c", script);
    builder.directory(FOLDER.toFile());
    builder.environment().put("HOLDFAST_URL", service.toString().replaceAll("/$", ""));
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), output);
  }
}
