package io.holdfast.api.reencryption;

import static io.holdfast.api.testing.ApiFixture.admin;
import static io.holdfast.api.testing.ApiFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.SecretRef;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.repository.RepositorySpec;
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

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ReencryptionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String DECLARED =
      "\"encryption\":{\"type\":\"ENVELOPE\",\"envelope\":{\"key\":\"fresh\"}},";
  private static final Instant TAKEN = Instant.now().minusSeconds(600);

  private ApiFixture api;
  private SealedByWorker sealed;

  @BeforeEach
  void declare() {
    api = new ApiFixture(64);
    sealed = new SealedByWorker(api);
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void aChainIsDoneFromItsFullOneOnAndTheSecondIsTheNewest() {
    api.declared(DECLARED);
    String full = sealed.encrypted("{\"method\":\"PHYSICAL\"}", TAKEN);
    String increment =
        sealed.encrypted(
            "{\"method\":\"PHYSICAL\",\"physical\":{\"type\":\"INCREMENTAL\"}}",
            TAKEN.plusSeconds(60));
    Api.problem(reencrypt(increment).then(), 409, "parent-first");

    String newFull = done(full, null);
    String newIncrement = done(increment, newFull);

    assertThat(backup(newFull).getString("reencryptedFrom")).isEqualTo(full);
    assertThat(backup(newFull).getString("finishedAt"))
        .isEqualTo(backup(full).getString("finishedAt"));
    assertThat(backup(newIncrement).getString("parent")).isEqualTo(newFull);
    assertThat(backup(full).getString("state")).isEqualTo("AVAILABLE");
    assertThat(latest()).isEqualTo(newIncrement);
  }

  @Test
  void theFirstIsNotRemovedWhileItIsRead() {
    api.declared(DECLARED);
    String first = sealed.encrypted("{\"method\":\"PHYSICAL\"}", TAKEN);
    Response asked = reencrypt(first);
    asked.then().statusCode(202);

    Api.problem(
        admin().delete("/api/v1/backups/" + first + "?confirm=" + first).then(), 409, "in-use");
    sealed.finish(asked.jsonPath().getString("id"));
    admin().delete("/api/v1/backups/" + first).then().statusCode(202);
  }

  @Test
  void theSecondOfASuspectOneIsSuspect() {
    api.declared(DECLARED);
    String first =
        sealed.encrypted("{\"method\":\"PHYSICAL\"}", TAKEN, "it is smaller than expected");

    String second = done(first, null);

    assertThat(backup(second).getString("state")).isEqualTo("SUSPECT");
    assertThat(backup(second).getString("suspectReason")).isEqualTo("it is smaller than expected");
  }

  @Test
  void whatIsNotEncryptedIsRefused() {
    String plain = api.physical("0/100000", "0/200000", TAKEN);
    Api.problem(reencrypt(plain).then(), 409, "not-encrypted");
    Api.problem(wal().then(), 409, "not-encrypted");

    api.declared(DECLARED);

    Api.problem(reencrypt(plain).then(), 409, "not-encrypted");
  }

  @Test
  void walIsDoneInTheRepositoryAndItsCopies() {
    String offsite = Api.repository();
    api.declared(DECLARED + "\"copies\":[{\"repository\":\"" + offsite + "\"}],");
    Response asked = wal();
    asked.then().statusCode(202);
    String id = asked.jsonPath().getString("id");

    JobSpec.ReencryptWal spec = (JobSpec.ReencryptWal) api.worker().awaitRun(id, 1).spec();
    api.worker().accept(id, 1);
    api.worker()
        .succeed(
            id,
            1,
            new JobResult.WalReencrypted(
                api.cluster(),
                7,
                0,
                1000,
                List.of(new JobResult.Finding("wal", "OK", "7 files were put", null))));

    assertThat(spec.copies()).extracting(RepositorySpec::name).containsExactly(offsite);
    assertThat(spec.encryption()).isEqualTo(new EncryptionSpec.Envelope(new SecretRef("fresh")));
    await().atMost(PATIENCE).until(() -> job(id).getBoolean("done"));
    assertThat(job(id).getString("result.findings[0].sentence")).isEqualTo("7 files were put");
  }

  /** Asks for it, and lets a worker do it; the id of the second. */
  private String done(String first, String parent) {
    Response asked = reencrypt(first);
    asked.then().statusCode(202);
    String id = asked.jsonPath().getString("id");
    JobSpec.Reencrypt spec = sealed.finish(id);
    assertThat(spec.original().value()).isEqualTo(first);
    assertThat(spec.parent() == null ? null : spec.parent().value()).isEqualTo(parent);
    assertThat(spec.encryption()).isEqualTo(new EncryptionSpec.Envelope(new SecretRef("fresh")));
    return spec.backupId().value();
  }

  private String latest() {
    Response answer =
        admin()
            .body(
                "{\"latestOf\":\""
                    + api.cluster()
                    + "\",\"dryRun\":true,\"physical\":{\"directory\":\"/srv/restored\"}}")
            .post("/api/v1/restores");
    answer.then().statusCode(202);
    return ((JobSpec.Restore) api.worker().awaitRun(answer.jsonPath().getString("id"), 1).spec())
        .backupId()
        .value();
  }

  private static Response reencrypt(String backup) {
    return admin().post("/api/v1/backups/" + backup + "/reencryptions");
  }

  private Response wal() {
    return admin().post("/api/v1/clusters/" + api.cluster() + "/wal-reencryptions");
  }

  private static JsonPath backup(String id) {
    return admin().get("/api/v1/backups/" + id).then().statusCode(200).extract().jsonPath();
  }
}
