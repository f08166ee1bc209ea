package io.holdfast.api.copy;

import static io.holdfast.api.testing.ApiFixture.admin;
import static io.holdfast.api.testing.ApiFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Observations;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.Problem;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.job.Doomed;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stays in a cluster's further repository, which is judged by what lies there. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class CopyRetentionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String LITTLE =
      "{\"daily\":1,\"weekly\":0,\"monthly\":0,\"minimumFulls\":1,\"grace\":\"PT0S\","
          + "\"maxDeleteShare\":1}";
  private static final String MUCH = "{\"daily\":30}";

  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private ApiFixture api;
  private String offsite;

  @BeforeEach
  void begin() {
    api = new ApiFixture(64);
    offsite = Api.repository();
    api.worker().onRun(this::copy);
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void aBackupThatIsGoneFromItsFirstRepositoryLivesOnWhereItsCopyIsKept() {
    declare(LITTLE, MUCH);
    String oldest = aged(40);
    String middle = aged(20);
    String newest = aged(0);
    awaitCopied(oldest, middle, newest);
    assertThat(action(plan(null), oldest)).isEqualTo("EXPIRE");
    assertThat(plan(null).getString("copies[0].repository")).isEqualTo(offsite);
    assertThat(plan(null).getInt("copies[0].keeping")).isEqualTo(3);
    assertThat(plan(offsite).getInt("policy.daily")).isEqualTo(30);
    assertThat(action(plan(offsite), oldest)).isEqualTo("KEEP");

    expire(null, oldest);

    JsonPath backup = admin().get("/api/v1/backups/" + oldest).jsonPath();
    assertThat(backup.getString("state")).isEqualTo("AVAILABLE");
    assertThat(backup.getString("repository")).isEqualTo(offsite);
    assertThat(backup.getString("copies[0].repository")).isEqualTo(api.cluster());
    assertThat(backup.getString("copies[0].state")).isEqualTo("EXPIRED");
    assertThat(backup.getString("copies[0].expiry.reason")).isNotBlank();
    JobSpec.Restore restore = restored(oldest);
    assertThat(restore.repository().name()).isEqualTo(offsite);
    assertThat(restore.copies()).isEmpty();
    assertThat(plan(null).getList("backups.backupId")).containsExactly(newest, middle);
    assertThat(plan(offsite).getList("backups.backupId")).containsExactly(newest, middle, oldest);
  }

  @Test
  void aCopyExpiresByItsOwnPolicyAndIsNotSentAgain() {
    declare(MUCH, MUCH);
    String oldest = aged(40);
    String middle = aged(20);
    String newest = aged(0);
    awaitCopied(oldest, middle, newest);
    declare(MUCH, LITTLE);
    assertThat(
            plan(offsite).getString("backups.find{it.backupId=='" + middle + "'}.reasons[0].code"))
        .isEqualTo("WINDOW");

    expire(offsite, oldest);

    JsonPath backup = admin().get("/api/v1/backups/" + oldest).jsonPath();
    assertThat(backup.getString("state")).isEqualTo("AVAILABLE");
    assertThat(backup.getString("repository")).isEqualTo(api.cluster());
    assertThat(backup.getString("copies[0].state")).isEqualTo("EXPIRED");
    Api.problem(
        admin()
            .body("{\"level\":\"CHECKSUM\",\"repository\":\"" + offsite + "\"}")
            .post("/api/v1/backups/" + oldest + "/verifications")
            .then(),
        422,
        "invalid-request");
    String later = aged(0);
    awaitCopied(later);
    assertThat(copyState(oldest)).isEqualTo("EXPIRED");
    JsonPath standing = admin().get("/api/v1/clusters/" + api.cluster() + "/copies").jsonPath();
    assertThat(standing.getInt("items[0].backups.waiting")).isZero();
  }

  @Test
  void whatARetentionWouldNotKeepIsNeverSent() {
    declare(MUCH, null);
    String oldest = aged(40);
    String middle = aged(20);
    String newest = aged(0);
    declare(MUCH, LITTLE);

    awaitCopied(middle, newest);

    await().atMost(PATIENCE).until(() -> "NOT_NEEDED".equals(copyState(oldest)));
    assertThat(api.worker().commands())
        .noneMatch(
            command ->
                command instanceof JobCommand.RunJob run
                    && run.spec() instanceof JobSpec.Copy copy
                    && copy.backupId().value().equals(oldest));
    hold(oldest);
    assertThat(plan(null).getList("backups.backupId")).hasSize(3);
  }

  @Test
  void theFirstRepositoryLosingABackupMakesItsCopyNoWorse() {
    declare(LITTLE, MUCH);
    String only = aged(40);
    awaitCopied(only);
    suspect(only);
    String newer = aged(0);
    awaitCopied(newer);

    JsonPath plan = plan(offsite);

    assertThat(action(plan, only)).isEqualTo("KEEP");
    assertThat(plan.getString("backups.find{it.backupId=='" + only + "'}.reasons.code"))
        .contains("TIER")
        .doesNotContain("SUSPECT");
  }

  @Test
  void walThatExpiredInACopyIsNotSentThereAgain() {
    api.declared(
        "\"expectedSystemIdentifier\":\""
            + Observations.SYSTEM
            + "\",\"archive\":{},\"retention\":"
            + MUCH
            + ",\"copies\":[{\"repository\":\""
            + offsite
            + "\",\"retention\":"
            + LITTLE
            + "}],");
    api.physical("0/020000", "0/040000", now.minus(Duration.ofDays(40)));
    api.physical("0/520000", "0/540000", now.minus(Duration.ofDays(20)));
    String newest = api.physical("0/820000", "0/840000", now.minusSeconds(60));
    awaitCopied(newest);
    api.observed(now, "0/A80000", 0, 10);
    await().atMost(PATIENCE).until(() -> plan(offsite).getList("wal.action").contains("EXPIRE"));
    assertThat(plan(null).getList("wal.action")).containsExactly("KEEP");

    JobSpec.Expire spec = expire(offsite);
    api.observed(now.plusSeconds(1), "0/B80000", 0, 11);

    assertThat(spec.wal()).hasSize(1);
    assertThat(spec.wal().getFirst().to()).hasToString("0/500000");
    JobSpec.CopyWal copy =
        (JobSpec.CopyWal)
            api.worker().awaitSpec(JobSpec.CopyWal.class, wal -> !wal.removed().isEmpty()).spec();
    assertThat(copy.removed()).isEqualTo(spec.wal());
    assertThat(plan(offsite).getList("wal.from")).containsExactly("0/500000");
    // The hole there is on purpose; in the first repository it would be a gap.
    assertThat(plan(null).getList("wal.from")).containsExactly("0/0");
  }

  @Test
  void whatAnExpirationIsRemovingFromACopyIsNotBuiltOnMeanwhile() {
    declare(MUCH, MUCH);
    String oldest = aged(40);
    String newest = aged(0);
    awaitCopied(oldest, newest);
    declare(MUCH, LITTLE);
    String id = start(offsite);
    JobCommand.RunJob running = api.worker().awaitRun(id, 1);

    Api.problem(
        admin()
            .body("{\"repository\":\"" + offsite + "\"}")
            .post("/api/v1/backups/" + newest + "/copies")
            .then(),
        409,
        "expiration-running");

    assertThat(((JobSpec.Expire) running.spec()).repository().name()).isEqualTo(offsite);
  }

  @Test
  void aDeletionByHandNamesTheRepositoryAndThePoolThatMayDelete() {
    declare(MUCH, MUCH);
    String older = aged(20);
    String newer = aged(0);
    awaitCopied(older, newer);

    String id =
        admin()
            .delete("/api/v1/backups/" + older + "?repository=" + offsite + "&pool=vault")
            .then()
            .statusCode(202)
            .extract()
            .path("id");

    assertThat(copyState(older)).isEqualTo("EXPIRING");
    assertThat(admin().get("/api/v1/backups/" + older).jsonPath().getString("state"))
        .isEqualTo("AVAILABLE");
    // The pool of this test's workers is another one: none of them has heard of it.
    assertThat(api.worker().runsOf(id)).isZero();
    Api.problem(
        admin().delete("/api/v1/backups/" + older + "?repository=nowhere").then(),
        404,
        "not-found");
  }

  private void declare(String retention, String ofCopies) {
    api.declared(
        "\"retention\":"
            + retention
            + ","
            + (ofCopies == null
                ? ""
                : "\"copies\":[{\"repository\":\""
                    + offsite
                    + "\",\"retention\":"
                    + ofCopies
                    + "}],"));
  }

  private String aged(int days) {
    return api.physical("0/100000", "0/200000", now.minus(Duration.ofDays(days)).minusSeconds(60));
  }

  /** Says that a copy was made, of backups and of WAL. */
  private void copy(JobCommand.RunJob run) {
    String id = run.jobId().value();
    if (run.spec() instanceof JobSpec.Copy copy) {
      api.worker().accept(id, 1);
      api.worker()
          .succeed(
              id,
              1,
              new JobResult.Copied(
                  copy.backupId(),
                  offsite,
                  List.of(new JobResult.CopiedBackup(copy.backupId(), 4096, "ab".repeat(32))),
                  3,
                  4096,
                  true));
    } else if (run.spec() instanceof JobSpec.CopyWal) {
      api.worker().accept(id, 1);
      api.worker()
          .succeed(
              id,
              1,
              new JobResult.WalCopied(api.cluster(), offsite, Instant.now(), 1, 1, 0, List.of()));
    }
  }

  private void awaitCopied(String... backups) {
    for (String backup : backups) {
      await().atMost(PATIENCE).until(() -> "VERIFIED".equals(copyState(backup)));
    }
  }

  private static String copyState(String backup) {
    return admin()
        .get("/api/v1/backups/" + backup + "/copies")
        .jsonPath()
        .getString("items[0].state");
  }

  private JsonPath plan(String repository) {
    return admin()
        .get(
            "/api/v1/clusters/"
                + api.cluster()
                + "/retention-plan"
                + (repository == null ? "" : "?repository=" + repository))
        .then()
        .statusCode(200)
        .extract()
        .jsonPath();
  }

  private static String action(JsonPath plan, String backup) {
    return plan.getString("backups.find{it.backupId=='" + backup + "'}.action");
  }

  private String start(String repository) {
    return admin()
        .body(repository == null ? "{}" : "{\"repository\":\"" + repository + "\"}")
        .post("/api/v1/clusters/" + api.cluster() + "/expirations")
        .then()
        .statusCode(202)
        .extract()
        .path("id");
  }

  /** An expiration that removes these backups and no others. */
  private JobSpec.Expire expire(String repository, String... wanted) {
    String id = start(repository);
    JobSpec.Expire spec = (JobSpec.Expire) api.worker().awaitRun(id, 1).spec();
    List<BackupId> gone = spec.backups().stream().map(Doomed::backupId).toList();
    if (wanted.length > 0) {
      assertThat(gone).extracting(BackupId::value).containsExactly(wanted);
    }
    api.worker().accept(id, 1);
    api.worker()
        .succeed(
            id, 1, new JobResult.Expired(false, gone, List.of(), spec.wal(), 3, 300, List.of()));
    await().atMost(PATIENCE).until(() -> job(id).getBoolean("done"));
    return spec;
  }

  private JobSpec.Restore restored(String backup) {
    String id =
        admin()
            .body(
                "{\"backupId\":\""
                    + backup
                    + "\",\"dryRun\":true,\"physical\":{\"directory\":\"/srv/restored\"}}")
            .post("/api/v1/restores")
            .then()
            .statusCode(202)
            .extract()
            .path("id");
    return (JobSpec.Restore) api.worker().awaitRun(id, 1).spec();
  }

  private static void hold(String backup) {
    admin()
        .body("{\"kind\":\"USER\",\"reason\":\"case 7\"}")
        .post("/api/v1/backups/" + backup + "/holds")
        .then()
        .statusCode(201);
  }

  /** A verification finds it damaged in its first repository. */
  private void suspect(String backup) {
    String id =
        admin()
            .body("{\"level\":\"CHECKSUM\"}")
            .post("/api/v1/backups/" + backup + "/verifications")
            .jsonPath()
            .getString("id");
    JobCommand.RunJob unused = api.worker().awaitRun(id, 1);
    api.worker().accept(id, 1);
    api.worker().fail(id, 1, Problem.of(ErrorCode.ARTIFACT_DAMAGED, "a byte differs", "look"));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                "SUSPECT"
                    .equals(
                        admin().get("/api/v1/backups/" + backup).jsonPath().getString("state")));
  }
}
