package io.holdfast.api.testing;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;

import io.holdfast.model.command.JobCommand;
import io.holdfast.model.job.JobResult;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;

/** A declared cluster in a pool of its own, and short ways to ask the API about it. */
public final class ApiFixture implements AutoCloseable {
  private final String name = "c-" + UUID.randomUUID().toString().substring(0, 8);
  private final FakeWorker worker;

  public ApiFixture() {
    this(null);
  }

  public ApiFixture(Integer maxRunningJobs) {
    worker =
        new FakeWorker(config("kafka.bootstrap.servers"), config(StackResource.PUBLIC_KEY), name);
    admin()
        .body(
            "{\"type\":\"FILESYSTEM\",\"pool\":\""
                + name
                + "\",\"filesystem\":{\"path\":\"/var/backups\"}}")
        .put("/api/v1/repositories/" + name)
        .then()
        .statusCode(201);
    admin()
        .body(
            "{\"pool\":\""
                + name
                + "\",\"repository\":\""
                + name
                + "\",\"credentialsRef\":\"orders-db\","
                + (maxRunningJobs == null ? "" : "\"maxRunningJobs\":" + maxRunningJobs + ",")
                + "\"nodes\":[{\"name\":\"pg-1\",\"host\":\"127.0.0.1\",\"port\":5432}]}")
        .put("/api/v1/clusters/" + name)
        .then()
        .statusCode(201);
  }

  /**
   * Declares an archive for the cluster and lets a worker see it, so that it is pinned.
   *
   * @param archive JSON; null: none
   */
  public void archived(String archive, String systemIdentifier) {
    declared(
        "\"expectedSystemIdentifier\":\""
            + systemIdentifier
            + "\","
            + (archive == null ? "" : "\"archive\":" + archive + ","));
  }

  /**
   * Declares the cluster again.
   *
   * @param members JSON, each with a comma behind it
   */
  public void declared(String members) {
    admin()
        .header("If-Match", "*")
        .body(
            "{\"pool\":\""
                + name
                + "\",\"repository\":\""
                + name
                + "\",\"credentialsRef\":\"orders-db\","
                + members
                + "\"nodes\":[{\"name\":\"pg-1\",\"host\":\"127.0.0.1\",\"port\":5432}]}")
        .put("/api/v1/clusters/" + name)
        .then()
        .statusCode(200);
  }

  public static String config(String key) {
    return ConfigProvider.getConfig().getValue(key, String.class);
  }

  public static RequestSpecification admin() {
    return given()
        .header("Authorization", "Bearer " + StackResource.ADMIN_KEY)
        .contentType("application/json");
  }

  public String cluster() {
    return name;
  }

  public FakeWorker worker() {
    return worker;
  }

  /** A backup job that was accepted; its id. */
  public String backup(String body) {
    Response answer = admin().body(body).post("/api/v1/clusters/" + name + "/backups");
    if (answer.statusCode() != 202) {
      throw new AssertionError(answer.statusCode() + " " + answer.asString());
    }
    return answer.jsonPath().getString("id");
  }

  /** A base backup in the catalog; its id. */
  public String physical(String start, String stop, Instant finishedAt) {
    return physical("{\"method\":\"PHYSICAL\"}", start, stop, finishedAt, null);
  }

  public String physical(
      String body, String start, String stop, Instant finishedAt, String suspectBecause) {
    String id = backup(body);
    JobCommand.RunJob run = worker.awaitRun(id, 1);
    worker.accept(id, 1);
    worker.succeed(
        id,
        1,
        new JobResult.BackedUp(Manifests.physical(run, start, stop, finishedAt), suspectBecause));
    await().atMost(Duration.ofSeconds(20)).until(() -> job(id).getBoolean("done"));
    return job(id).getString("result.backupId");
  }

  /** What a worker sees of the archive, when the ledger has it. */
  public void observed(Instant at, String primaryLsn, int... segments) {
    Instant then = at.truncatedTo(ChronoUnit.MILLIS);
    worker.say(
        Observations.of(
            name,
            then,
            Observations.primary(primaryLsn, null),
            null,
            Observations.segments(segments)));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                then.toString()
                    .equals(
                        admin()
                            .get("/api/v1/clusters/" + name + "/recovery-windows")
                            .jsonPath()
                            .getString("lastObservedAt")));
  }

  public static JsonPath job(String id) {
    return admin().get("/api/v1/jobs/" + id).then().statusCode(200).extract().jsonPath();
  }

  public static String state(String id) {
    return job(id).getString("state");
  }

  @Override
  public void close() {
    worker.close();
  }
}
