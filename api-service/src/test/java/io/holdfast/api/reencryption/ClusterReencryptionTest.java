package io.holdfast.api.reencryption;

import static io.holdfast.api.testing.Api.problem;
import static io.holdfast.api.testing.ApiFixture.admin;
import static io.holdfast.api.testing.ApiFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Observations;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.Problem;
import io.holdfast.model.command.JobCommand;
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

/** A key has leaked: one request for everything of a cluster that it opens. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ClusterReencryptionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Instant TAKEN = Instant.now().minusSeconds(600);
  private static final String LEAKED = "{\"key\":\"leaked\"}";

  private ApiFixture api;
  private SealedByWorker sealed;

  @BeforeEach
  void begin() {
    api = new ApiFixture(64);
    sealed = new SealedByWorker(api);
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void everythingThatTheKeyOpensIsDoneWhatBuildsOnNothingFirst() {
    declare("older");
    String wrappedAnew = sealed.encrypted("{\"method\":\"PHYSICAL\"}", TAKEN);
    declare("leaked");
    rotate();
    String plain = api.physical("0/100000", "0/200000", TAKEN.plusSeconds(30));
    String full = sealed.encrypted("{\"method\":\"PHYSICAL\"}", TAKEN.plusSeconds(60));
    String increment =
        sealed.encrypted(
            "{\"method\":\"PHYSICAL\",\"physical\":{\"type\":\"INCREMENTAL\"}}",
            TAKEN.plusSeconds(120));
    declare("fresh");
    String later = sealed.encrypted("{\"method\":\"PHYSICAL\"}", TAKEN.plusSeconds(180));

    Response answer = ask(LEAKED, null);

    JsonPath begun = answer.then().statusCode(202).extract().jsonPath();
    String location = answer.header("Location");
    assertThat(location).endsWith("/reencryptions/" + begun.getString("id"));
    assertThat(answer.header("Retry-After")).isNotBlank();
    assertThat(begun.getList("backups.backupId")).containsExactly(wrappedAnew, full, increment);
    assertThat(begun.getList("backups.repository")).containsOnly(api.cluster());
    assertThat(begun.getList("left")).isEmpty();
    assertThat(begun.getBoolean("done")).isFalse();
    assertThat(answer.asString()).doesNotContain(plain).doesNotContain(later);
    List<String> jobs = begun.getList("backups.jobId");
    String wal = begun.getString("wal.jobId");
    assertThat(job(jobs.getFirst()).getMap("labels"))
        .containsEntry("reencryption", begun.getString("id"));
    assertThat(job(jobs.get(2)).getString("queuedReason"))
        .isEqualTo("waits for job " + jobs.get(1) + ", which makes what this one builds on");

    for (String id : jobs) {
      sealed.finish(id);
    }
    JobSpec.ReencryptWal spec = (JobSpec.ReencryptWal) api.worker().awaitRun(wal, 1).spec();
    api.worker().accept(wal, 1);
    api.worker()
        .succeed(wal, 1, new JobResult.WalReencrypted(spec.cluster(), 7, 0, 1000, List.of()));

    await().atMost(PATIENCE).until(() -> get(location).getBoolean("done"));
    JsonPath done = get(location);
    assertThat(done.getString("outcome")).isEqualTo("SUCCEEDED");
    assertThat(done.getList("backups.state")).containsOnly("SUCCEEDED");
    assertThat(done.getString("wal.state")).isEqualTo("SUCCEEDED");
    List<String> seconds = done.getList("backups.secondBackupId");
    assertThat(backup(seconds.get(1)).getString("reencryptedFrom")).isEqualTo(full);
    assertThat(backup(seconds.get(2)).getString("parent")).isEqualTo(seconds.get(1));

    JsonPath again = ask(LEAKED, null).then().statusCode(202).extract().jsonPath();
    assertThat(again.getList("backups")).isEmpty();
    assertThat(again.getList("left.code")).containsOnly("DONE").hasSize(3);
    assertThat(again.getList("left.secondBackupId")).isEqualTo(seconds);
  }

  @Test
  void theSameRequestTwiceIsOneAndWhatIsUnderWayIsNotBegunAgain() {
    declare("leaked");
    String full = sealed.encrypted("{\"method\":\"PHYSICAL\"}", TAKEN);
    declare("fresh");

    JsonPath first = ask(LEAKED, "pipeline-7").then().statusCode(202).extract().jsonPath();
    Response replayed = ask(LEAKED, "pipeline-7");
    JsonPath other = ask(LEAKED, "pipeline-8").then().statusCode(202).extract().jsonPath();

    replayed.then().statusCode(202).header("Idempotent-Replayed", equalTo("true"));
    assertThat(replayed.jsonPath().getString("id")).isEqualTo(first.getString("id"));
    assertThat(replayed.jsonPath().getList("backups.jobId"))
        .isEqualTo(first.getList("backups.jobId"));
    problem(ask("{\"key\":\"another\"}", "pipeline-7").then(), 422, "idempotency-key-reused");
    assertThat(other.getString("id")).isNotEqualTo(first.getString("id"));
    assertThat(other.getList("backups.backupId")).containsExactly(full);
    assertThat(other.getList("backups.jobId")).isEqualTo(first.getList("backups.jobId"));
  }

  @Test
  void aFailedJobIsShown() {
    api.declared(encryption("leaked"));
    String unused = sealed.encrypted("{\"method\":\"PHYSICAL\"}", TAKEN);
    api.declared(encryption("fresh"));
    Response answer = ask(LEAKED, null);
    String id = answer.jsonPath().getString("backups[0].jobId");

    String location = answer.header("Location");
    JobCommand.RunJob run = api.worker().awaitRun(id, 1);
    api.worker().accept(id, 1);
    api.worker().fail(id, 1, Problem.of(ErrorCode.NOT_AUTHENTIC, "it was exchanged", "look"));

    await().atMost(PATIENCE).until(() -> get(location).getBoolean("done"));
    assertThat(((JobSpec.Reencrypt) run.spec()).parent()).isNull();
    assertThat(answer.jsonPath().getMap("wal")).as("nothing is archived").isNull();
    assertThat(get(location).getString("outcome")).isEqualTo("FAILED");
    assertThat(get(location).getString("backups[0].state")).isEqualTo("FAILED");
  }

  @Test
  void aKeyThatTheClusterStillHasIsRefused() {
    problem(ask(LEAKED, null).then(), 409, "not-encrypted");
    declare("leaked");

    problem(ask(LEAKED, null).then(), 409, "key-declared");
    problem(ask("{}", null).then(), 422, "invalid-request")
        .body("violations.field", hasItem("key"));
    problem(ask("{\"key\":\"../leaked\"}", null).then(), 422, "invalid-request");
    problem(
        admin().get("/api/v1/clusters/" + api.cluster() + "/reencryptions/" + api.cluster()).then(),
        404,
        "not-found");
  }

  @Test
  void whoIsNoAdminMayLookAndNothingElseAndWhoAskedIsOnRecord() {
    declare("leaked");
    String unused = sealed.encrypted("{\"method\":\"PHYSICAL\"}", TAKEN);
    declare("fresh");
    String path = "/api/v1/clusters/" + api.cluster() + "/reencryptions";
    String restorer = Api.key(List.of("restorer", "operator"));
    problem(Api.with(restorer).body(LEAKED).post(path).then(), 403, "forbidden");

    String id = ask(LEAKED, null).then().statusCode(202).extract().path("id");

    String viewer = Api.key(List.of("viewer"), api.cluster());
    Api.with(viewer).get(path + "/" + id).then().statusCode(200).body("key", equalTo("leaked"));
    String elsewhere = Api.key(List.of("viewer"), Api.declaredCluster());
    problem(Api.with(elsewhere).get(path + "/" + id).then(), 404, "not-found");
    assertThat(
            admin()
                .get("/api/v1/audit?limit=200")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getList(
                    "items.findAll{it.operation=='createClusterReencryption' && it.target=='"
                        + path
                        + "'}.status"))
        .contains(202, 403);
  }

  private void declare(String key) {
    api.declared(
        "\"expectedSystemIdentifier\":\""
            + Observations.SYSTEM
            + "\",\"archive\":{},"
            + encryption(key));
  }

  private static String encryption(String key) {
    return "\"encryption\":{\"type\":\"ENVELOPE\",\"envelope\":{\"key\":\"" + key + "\"}},";
  }

  private void rotate() {
    String id =
        admin()
            .body("{}")
            .post("/api/v1/clusters/" + api.cluster() + "/key-rotations")
            .then()
            .statusCode(202)
            .extract()
            .path("id");
    JobSpec.RotateKeys spec = (JobSpec.RotateKeys) api.worker().awaitRun(id, 1).spec();
    api.worker().accept(id, 1);
    api.worker()
        .succeed(
            id, 1, new JobResult.KeysRotated(spec.cluster(), spec.key().name(), 1, 1, List.of()));
    await().atMost(PATIENCE).until(() -> job(id).getBoolean("done"));
  }

  private Response ask(String body, String idempotencyKey) {
    return (idempotencyKey == null
            ? admin()
            : admin().header("Idempotency-Key", api.cluster() + idempotencyKey))
        .body(body)
        .post("/api/v1/clusters/" + api.cluster() + "/reencryptions");
  }

  private static JsonPath get(String location) {
    return admin().get(location).then().statusCode(200).extract().jsonPath();
  }

  private static JsonPath backup(String id) {
    return admin().get("/api/v1/backups/" + id).then().statusCode(200).extract().jsonPath();
  }
}
