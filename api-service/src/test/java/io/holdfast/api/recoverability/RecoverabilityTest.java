package io.holdfast.api.recoverability;

import static io.holdfast.api.testing.ApiFixture.admin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Observations;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.BackupId;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.VerificationLevel;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class RecoverabilityTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
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
  void countsTheAgeFromTheNewestMomentThatWalLeadsTo() {
    api.archived("{\"recoveryPointObjective\":\"PT10M\"}", Observations.SYSTEM);
    String backup = api.physical("0/220000", "0/240000", now.minusSeconds(3600));
    api.observed(now.minusSeconds(30), "0/880000", 1, 8);
    api.observed(now.minusSeconds(10), "0/980000", 1, 9);

    JsonPath shown = shown();
    assertThat(shown.getString("recoveryPoint.through")).isEqualTo("WAL");
    assertThat(Instant.parse(shown.getString("recoveryPoint.restorableUntil")))
        .isEqualTo(now.minusSeconds(32));
    assertThat(Instant.parse(shown.getString("recoveryPoint.restorableFrom")))
        .isEqualTo(now.minusSeconds(3600));
    assertThat(shown.getDouble("recoveryPoint.ratio")).isBetween(0.05, 0.2);
    assertThat(shown.getString("newestBackup.backupId")).isEqualTo(backup);
    assertThat(shown.getString("windows[0].backupId")).isEqualTo(backup);
    assertThat(shown.getString("state")).isEqualTo("GOOD");
    assertThat(shown.getString("sentence"))
        .startsWith("'" + api.cluster() + "' can be brought back to any moment from ")
        .contains("within its objective of 10 minutes. Nothing has proven it yet.");
  }

  @Test
  void takesNoCreditForWalBehindAGap() {
    api.archived("{\"recoveryPointObjective\":\"PT10M\"}", Observations.SYSTEM);
    String unused = api.physical("0/220000", "0/240000", now.minusSeconds(3600));
    api.observed(now.minusSeconds(1200), "0/480000", 1, 4);
    api.observed(now.minusSeconds(20), "0/980000", 1, 4, 6, 9);
    api.observed(now.minusSeconds(10), "0/980000", 1, 4, 6, 9);

    JsonPath shown = shown();
    assertThat(Instant.parse(shown.getString("recoveryPoint.restorableUntil")))
        .isBefore(now.minusSeconds(1100));
    assertThat(shown.getString("state")).isEqualTo("BREACHED");
    assertThat(shown.getList("concerns.code")).contains("GAP");
  }

  @Test
  void takesNoCreditForWalWithoutABackupThatCanBeRestored() {
    api.archived("{}", Observations.SYSTEM);
    String unused =
        api.physical(
            "{\"method\":\"PHYSICAL\"}",
            "0/220000",
            "0/240000",
            now.minusSeconds(3600),
            "it is half as large as it was");
    api.observed(now.minusSeconds(10), "0/980000", 1, 9);

    assertThat(shown().getString("state")).isEqualTo("UNRECOVERABLE");
    assertThat(shown().getString("sentence"))
        .startsWith("'" + api.cluster() + "' cannot be brought back");
  }

  @Test
  void countsFromTheLastRestorableBackupWhereNothingIsArchived() {
    api.declared("\"recoveryPointObjective\":\"PT2H\",");
    String unused = api.physical("0/220000", "0/240000", now.minusSeconds(3 * 3600));

    JsonPath shown = shown();
    assertThat(shown.getString("recoveryPoint.through")).isEqualTo("BACKUP");
    assertThat(shown.getDouble("recoveryPoint.ratio")).isBetween(1.49, 1.52);
    assertThat(shown.getString("state")).isEqualTo("BREACHED");
    Api.problem(
        admin()
            .header("If-Match", "*")
            .body(
                "{\"repository\":\""
                    + api.cluster()
                    + "\",\"credentialsRef\":\"x\",\"recoveryPointObjective\":\"PT1S\",\"nodes\":"
                    + "[{\"name\":\"pg-1\",\"host\":\"127.0.0.1\"}]}")
            .put("/api/v1/clusters/" + api.cluster())
            .then(),
        422,
        "invalid-request");
  }

  @Test
  void namesTheLastProofAndHowLongRecoveryTook() {
    api.archived("{\"recoveryPointObjective\":\"PT10M\"}", Observations.SYSTEM);
    String backup = api.physical("0/220000", "0/240000", now.minusSeconds(600));
    api.observed(now.minusSeconds(10), "0/980000", 1, 9);
    String verify =
        started("/api/v1/backups/" + backup + "/verifications", "{\"level\":\"STRUCTURE\"}");
    api.worker()
        .succeed(
            verify,
            1,
            new JobResult.Verified(
                new BackupId(backup), VerificationLevel.STRUCTURE, 4096, List.of()));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(shown().getString("proof.level")).isEqualTo("STRUCTURE"));

    String drill =
        started(
            "/api/v1/clusters/" + api.cluster() + "/drills", "{\"target\":{\"type\":\"LATEST\"}}");
    api.worker()
        .succeed(
            drill,
            1,
            new JobResult.Drilled(
                new BackupId(backup), Duration.ofSeconds(95), null, List.of(), Map.of()));

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(shown().getString("proof.level")).isEqualTo("DRILL"));
    assertThat(shown().getDouble("recoveryTime.seconds")).isEqualTo(95);
    assertThat(shown().getDouble("recoveryTime.objectiveSeconds")).isEqualTo(3600);
    assertThat(shown().getString("sentence")).contains(" ago, in 95 seconds.");
  }

  private String started(String path, String body) {
    String id = admin().body(body).post(path).then().statusCode(202).extract().path("id");
    var unused = api.worker().awaitRun(id, 1);
    api.worker().accept(id, 1);
    return id;
  }

  @Test
  void listsTheFleetWorstFirstPageByPage() {
    String good = api.cluster();
    String unused = api.physical("0/220000", "0/240000", now.minusSeconds(60));
    String bad = Api.declaredCluster();
    String scoped = Api.key(List.of("viewer"), good, bad);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(fleet(scoped)).containsExactly(bad, good));

    assertThat(fleet(Api.key(List.of("viewer"), good))).containsExactly(good);
    Api.problem(
        Api.with(scoped).get("/api/v1/fleet/recoverability?cursor=bm9uc2Vuc2U").then(),
        422,
        "invalid-request");
  }

  /** One by one. */
  private static List<String> fleet(String key) {
    List<String> names = new ArrayList<>();
    String cursor = null;
    do {
      JsonPath page =
          Api.with(key)
              .get(
                  "/api/v1/fleet/recoverability?limit=1"
                      + (cursor == null ? "" : "&cursor=" + cursor))
              .then()
              .statusCode(200)
              .extract()
              .jsonPath();
      names.addAll(page.getList("items.cluster"));
      cursor = page.getString("nextCursor");
    } while (cursor != null);
    return names;
  }

  private JsonPath shown() {
    return admin()
        .get("/api/v1/clusters/" + api.cluster() + "/recoverability")
        .then()
        .statusCode(200)
        .extract()
        .jsonPath();
  }
}
