package io.holdfast.api.copy;

import static io.holdfast.api.testing.ApiFixture.admin;
import static io.holdfast.api.testing.ApiFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.hasItem;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.Problem;
import io.holdfast.model.command.JobCommand;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class CopiesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private ApiFixture api;
  private String offsite;

  @BeforeEach
  void declare() {
    api = new ApiFixture(64);
    offsite = Api.repository();
  }

  @AfterEach
  void close() {
    api.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"repository\":\"OWN\"}|copies[0].repository",
        "{\"repository\":\"nowhere\"}|copies[0].repository",
        "{\"repository\":\"OFFSITE\"},{\"repository\":\"OFFSITE\"}|copies[1].repository",
        "{\"repository\":\"OFFSITE\",\"storageClass\":\"GLACIER_IR\"}|copies[0].storageClass"
      })
  void refusesFurtherRepositoriesThatCannotHaveCopies(String copies, String field) {
    String json = copies.replace("OWN", api.cluster()).replace("OFFSITE", offsite);

    Api.problem(put("[" + json + "]").then(), 422, "invalid-request")
        .body("violations.field", hasItem(field));
  }

  @Test
  void aBackupIsCopiedByItselfAndTheCopyIsShown() {
    put("[{\"repository\":\"" + offsite + "\"}]").then().statusCode(200);
    String backup = api.physical("0/100000", "0/200000", Instant.now());

    JobCommand.RunJob copy = copyOf(backup);
    JsonPath before = standing();
    succeed(copy, backup);

    assertThat(((JobSpec.Copy) copy.spec()).destination().name()).isEqualTo(offsite);
    assertThat(before.getInt("items[0].backups.waiting")).isEqualTo(1);
    assertThat(before.getLong("items[0].backups.lagBytes")).isPositive();
    await()
        .atMost(PATIENCE)
        .until(() -> "VERIFIED".equals(copies(backup).getString("items[0].state")));
    assertThat(copies(backup).getString("items[0].repository")).isEqualTo(offsite);
    assertThat(standing().getInt("items[0].backups.waiting")).isZero();
    assertThat(standing().getDouble("items[0].backups.lagSeconds")).isZero();
    assertThat(standing().getString("items[0].backups.newest")).isEqualTo(backup);
  }

  @Test
  void aCopyThatFailedIsShownAndTriedAgain() {
    put("[{\"repository\":\"" + offsite + "\"}]").then().statusCode(200);
    String backup = api.physical("0/100000", "0/200000", Instant.now());
    String first = copyOf(backup).jobId().value();
    api.worker().accept(first, 1);
    api.worker()
        .fail(first, 1, Problem.of(ErrorCode.COPY_DIFFERS, "another one lies there", "look"));

    await().atMost(PATIENCE).until(() -> job(first).getBoolean("done"));
    assertThat(copies(backup).getString("items[0].state")).isIn("FAILED", "COPYING");
    await()
        .atMost(PATIENCE)
        .until(() -> runs(backup).stream().anyMatch(run -> !run.jobId().value().equals(first)));
  }

  @Test
  void aRestoreMayBeReadFromTheCopyAndNamesItOrFallsBackToIt() {
    put("[{\"repository\":\"" + offsite + "\"}]").then().statusCode(200);
    String backup = api.physical("0/100000", "0/200000", Instant.now());
    Api.problem(restore(backup, offsite).then(), 422, "invalid-request")
        .body("violations.field", hasItem("repository"));
    succeed(copyOf(backup), backup);
    await()
        .atMost(PATIENCE)
        .until(() -> "VERIFIED".equals(copies(backup).getString("items[0].state")));

    JobSpec.Restore any = restored(restore(backup, null));
    JobSpec.Restore named = restored(restore(backup, offsite));

    assertThat(any.repository().name()).isEqualTo(api.cluster());
    assertThat(any.copies()).extracting(RepositorySpec::name).containsExactly(offsite);
    assertThat(named.repository().name()).isEqualTo(offsite);
    assertThat(named.copies()).isEmpty();
  }

  @Test
  void aCopyThatAVerificationFindsDamagedIsCopiedAgainAndTheBackupStaysGood() {
    put("[{\"repository\":\"" + offsite + "\"}]").then().statusCode(200);
    String backup = api.physical("0/100000", "0/200000", Instant.now());
    JobCommand.RunJob first = copyOf(backup);
    succeed(first, backup);
    await()
        .atMost(PATIENCE)
        .until(() -> "VERIFIED".equals(copies(backup).getString("items[0].state")));
    String verification =
        admin()
            .body("{\"level\":\"CHECKSUM\",\"repository\":\"" + offsite + "\"}")
            .post("/api/v1/backups/" + backup + "/verifications")
            .jsonPath()
            .getString("id");
    JobCommand.RunJob verify = api.worker().awaitRun(verification, 1);
    api.worker().accept(verification, 1);
    api.worker()
        .fail(verification, 1, Problem.of(ErrorCode.ARTIFACT_DAMAGED, "a byte differs", "look"));

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                runs(backup).stream()
                    .anyMatch(run -> !run.jobId().value().equals(first.jobId().value())));
    assertThat(verify.spec().repository().name()).isEqualTo(offsite);
    assertThat(admin().get("/api/v1/backups/" + backup).jsonPath().getString("state"))
        .isEqualTo("AVAILABLE");
  }

  private Response put(String copies) {
    return admin()
        .header("If-Match", "*")
        .body(
            "{\"pool\":\""
                + api.cluster()
                + "\",\"repository\":\""
                + api.cluster()
                + "\",\"credentialsRef\":\"orders-db\",\"copies\":"
                + copies
                + ",\"nodes\":[{\"name\":\"pg-1\",\"host\":\"127.0.0.1\",\"port\":5432}]}")
        .put("/api/v1/clusters/" + api.cluster());
  }

  private Response restore(String backup, String repository) {
    return admin()
        .body(
            "{\"backupId\":\""
                + backup
                + "\",\"dryRun\":true,"
                + (repository == null ? "" : "\"repository\":\"" + repository + "\",")
                + "\"physical\":{\"directory\":\"/srv/restored\"}}")
        .post("/api/v1/restores");
  }

  private JobSpec.Restore restored(Response answer) {
    answer.then().statusCode(202);
    return (JobSpec.Restore) api.worker().awaitRun(answer.jsonPath().getString("id"), 1).spec();
  }

  private JobCommand.RunJob copyOf(String backup) {
    return api.worker()
        .awaitSpec(JobSpec.Copy.class, copy -> copy.backupId().value().equals(backup));
  }

  private List<JobCommand.RunJob> runs(String backup) {
    return api.worker().commands().stream()
        .filter(JobCommand.RunJob.class::isInstance)
        .map(JobCommand.RunJob.class::cast)
        .filter(
            run ->
                run.spec() instanceof JobSpec.Copy copy && copy.backupId().value().equals(backup))
        .toList();
  }

  private void succeed(JobCommand.RunJob copy, String backup) {
    String id = copy.jobId().value();
    BackupId backupId = new BackupId(backup);
    api.worker().accept(id, 1);
    api.worker()
        .succeed(
            id,
            1,
            new JobResult.Copied(
                backupId,
                offsite,
                List.of(new JobResult.CopiedBackup(backupId, 4096, "ab".repeat(32))),
                3,
                4096,
                true));
  }

  private static JsonPath copies(String backup) {
    return admin().get("/api/v1/backups/" + backup + "/copies").jsonPath();
  }

  private JsonPath standing() {
    return admin().get("/api/v1/clusters/" + api.cluster() + "/copies").jsonPath();
  }
}
