package io.holdfast.api.restore;

import static io.holdfast.api.testing.ApiFixture.admin;
import static io.holdfast.api.testing.ApiFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Observations;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.Lsn;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.restore.PhysicalRestoreTarget;
import io.holdfast.model.restore.RecoveryTarget;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Segments of 1 MiB; 0 to 3 and 5 to 8 are archived, 4 is missing. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class RecoveryTest {
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private ApiFixture api;

  @BeforeEach
  void declare() {
    api = new ApiFixture(64);
    api.archived("{}", Observations.SYSTEM);
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
        "{}|type",
        "{\"type\":\"SOON\"}|type",
        "{\"type\":\"TIME\"}|time",
        "{\"type\":\"TIME\",\"time\":\"2026-01-01T00:00:00\"}|time",
        "{\"type\":\"TIME\",\"time\":\"2099-01-01T00:00:00Z\"}|time",
        "{\"type\":\"LATEST\",\"time\":\"2026-01-01T00:00:00Z\"}|time",
        "{\"type\":\"LSN\",\"lsn\":\"3000148\"}|lsn",
        "{\"type\":\"LSN\"}|lsn",
        "{\"type\":\"XID\",\"xid\":\"2\"}|xid",
        "{\"type\":\"XID\",\"xid\":\"4294967296\"}|xid",
        "{\"type\":\"XID\",\"xid\":\"7; drop\"}|xid",
        "{\"type\":\"NAME\",\"name\":\"a\\nb\"}|name",
        "{\"type\":\"NAME\"}|name",
        "{\"type\":\"NAME\",\"name\":\"a\",\"inclusive\":true}|inclusive",
        "{\"type\":\"LATEST\",\"timeline\":\"newest\"}|timeline",
        "{\"type\":\"LATEST\",\"timeline\":\"9999999999\"}|timeline",
        "{\"type\":\"END_OF_BACKUP\",\"timeline\":\"2\"}|timeline",
        "{\"type\":\"LATEST\",\"action\":\"PAUSE\"}|action",
        "{\"type\":\"STANDBY\",\"action\":\"PROMOTE\"}|action",
        "{\"type\":\"STANDBY\",\"slotName\":\"Slot-1\"}|slotName",
        "{\"type\":\"LATEST\",\"slotName\":\"slot\"}|slotName"
      })
  void refusesATargetThatDoesNotHold(String recovery, String field) {
    Api.problem(latest(recovery).then(), 422, "invalid-request")
        .body("violations.field", hasItem("physical.recovery." + field));
  }

  @Test
  void refusesToStartWhatIsToBeShutDown() {
    Api.problem(
            admin()
                .body(
                    "{\"latestOf\":\""
                        + api.cluster()
                        + "\",\"physical\":{\"directory\":\"/r\",\"start\":true,\"recovery\":"
                        + "{\"type\":\"IMMEDIATE\",\"action\":\"SHUTDOWN\"}}}")
                .post("/api/v1/restores")
                .then(),
            422,
            "invalid-request")
        .body("violations.field", hasItem("physical.start"));
  }

  @Test
  void takesTheNewestBackupBeforeAMoment() {
    String older = api.physical("0/020000", "0/040000", now.minusSeconds(600));
    api.physical("0/120000", "0/140000", now.minusSeconds(300));
    api.observed(now.minusSeconds(10), "0/480000", 0, 4);

    JobSpec.Restore spec = accepted(time(now.minusSeconds(400)));

    assertThat(spec.backupId().value()).isEqualTo(older);
    assertThat(target(spec).recoveryTarget())
        .isEqualTo(new RecoveryTarget.Time(now.minusSeconds(400), true));
    assertThat(target(spec).timelineOrLatest()).isEqualTo("latest");
  }

  @Test
  void takesTheNewestBackupBeforeAPositionAndCarriesEverythingOver() {
    String older = api.physical("0/020000", "0/040000", now.minusSeconds(600));
    String newer = api.physical("0/120000", "0/140000", now.minusSeconds(300));
    api.observed(now.minusSeconds(10), "0/480000", 0, 4);

    JobSpec.Restore before =
        accepted(
            "{\"type\":\"LSN\",\"lsn\":\"0/130000\",\"inclusive\":false,\"timeline\":\"1\","
                + "\"action\":\"PAUSE\"}");
    JobSpec.Restore after = accepted("{\"type\":\"LSN\",\"lsn\":\"0/140000\"}");

    assertThat(before.backupId().value()).isEqualTo(older);
    assertThat(target(before).recoveryTarget())
        .isEqualTo(new RecoveryTarget.Position(Lsn.parse("0/130000"), false));
    assertThat(target(before).timeline()).isEqualTo("1");
    assertThat(target(before).endAction()).isEqualTo(PhysicalRestoreTarget.EndAction.PAUSE);
    assertThat(after.backupId().value()).isEqualTo(newer);
  }

  @Test
  void refusesWhatLiesInAGapAndNamesTheNearestPoints() {
    api.physical("0/020000", "0/040000", now.minusSeconds(600));
    api.observed(now.minusSeconds(500), "0/380000", 0, 3);
    api.observed(now.minusSeconds(400), "0/700000", 0, 4, 5, 7);
    api.physical("0/620000", "0/640000", now.minusSeconds(300));
    api.observed(now.minusSeconds(10), "0/980000", 0, 4, 5, 9);

    Api.problem(latest("{\"type\":\"LSN\",\"lsn\":\"0/480000\"}").then(), 422, "target-unreachable")
        .body("detail", containsString("0/400000 before it and 0/640000 after it"));
    Api.problem(latest(time(now.minusSeconds(350))).then(), 422, "target-unreachable")
        .body("detail", containsString(now.minusSeconds(502) + " before it"))
        .body("detail", containsString(now.minusSeconds(300) + " after it"));
    assertThat(accepted("{\"type\":\"LSN\",\"lsn\":\"0/380000\"}")).isNotNull();
    // Between two looks of the worker: only it can say on which side of the gap that was.
    assertThat(accepted(time(now.minusSeconds(450)))).isNotNull();
  }

  @Test
  void refusesABackupThatIsYoungerThanTheTarget() {
    String backup = api.physical("0/120000", "0/140000", now.minusSeconds(300));
    api.observed(now.minusSeconds(10), "0/480000", 0, 4);

    Api.problem(
        restore("\"backupId\":\"" + backup + "\"", time(now.minusSeconds(400))).then(),
        422,
        "target-unreachable");
    Api.problem(
        restore("\"backupId\":\"" + backup + "\"", "{\"type\":\"LSN\",\"lsn\":\"0/130000\"}")
            .then(),
        422,
        "target-unreachable");
  }

  @Test
  void neverChoosesASuspectBackup() {
    String good = api.physical("0/020000", "0/040000", now.minusSeconds(600));
    String suspect =
        api.physical(
            "{\"method\":\"PHYSICAL\"}", "0/120000", "0/140000", now.minusSeconds(300), "tiny");
    api.observed(now.minusSeconds(10), "0/480000", 0, 4);

    assertThat(accepted("{\"type\":\"LATEST\"}").backupId().value()).isEqualTo(good);
    restore("\"backupId\":\"" + suspect + "\"", "{\"type\":\"LATEST\"}").then().statusCode(202);
  }

  @Test
  void findsTheBackupOfARestorePointByItsName() {
    String older = api.physical("0/020000", "0/040000", now.minusSeconds(600));
    point("release", "0/100000");
    api.physical("0/120000", "0/140000", now.minusSeconds(300));
    api.observed(now.minusSeconds(10), "0/480000", 0, 4);

    JobSpec.Restore spec = accepted("{\"type\":\"NAME\",\"name\":\"release\"}");

    assertThat(spec.backupId().value()).isEqualTo(older);
    assertThat(target(spec).recoveryTarget()).isEqualTo(new RecoveryTarget.RestorePoint("release"));
    Api.problem(latest("{\"type\":\"NAME\",\"name\":\"x\"}").then(), 422, "target-unreachable");
    restore("\"backupId\":\"" + older + "\"", "{\"type\":\"NAME\",\"name\":\"by-hand\"}")
        .then()
        .statusCode(202);
  }

  @Test
  void restoresWithoutAnObservationWhatTheCatalogAllows() {
    String backup = api.physical("0/020000", "0/040000", now.minusSeconds(600));

    assertThat(accepted(time(now.minusSeconds(60))).backupId().value()).isEqualTo(backup);
    assertThat(accepted("{\"type\":\"XID\",\"xid\":\"741\"}").backupId().value()).isEqualTo(backup);
    assertThat(accepted("{\"type\":\"IMMEDIATE\"}").backupId().value()).isEqualTo(backup);
  }

  @Test
  void startsAStandbyOfTheClusterWithASlot() {
    api.physical("0/020000", "0/040000", now.minusSeconds(600));

    JobSpec.Restore spec = accepted("{\"type\":\"STANDBY\",\"slotName\":\"standby_3\"}");

    RecoveryTarget.Standby standby = (RecoveryTarget.Standby) target(spec).recoveryTarget();
    assertThat(standby.slotName()).isEqualTo("standby_3");
    assertThat(standby.cluster().name()).isEqualTo(api.cluster());
    assertThat(standby.cluster().systemIdentifier()).isEqualTo(Observations.SYSTEM);
  }

  @Test
  void stopsAtTheEndOfTheBackupWhenNothingIsAsked() {
    api.physical("0/020000", "0/040000", now.minusSeconds(600));

    String id =
        admin()
            .body("{\"latestOf\":\"" + api.cluster() + "\",\"physical\":{\"directory\":\"/r\"}}")
            .post("/api/v1/restores")
            .then()
            .statusCode(202)
            .extract()
            .path("id");

    JobSpec.Restore spec = (JobSpec.Restore) api.worker().awaitRun(id, 1).spec();
    assertThat(target(spec).recoveryTarget()).isEqualTo(new RecoveryTarget.EndOfBackup());
  }

  private static String time(Instant time) {
    return "{\"type\":\"TIME\",\"time\":\"" + time + "\"}";
  }

  private static PhysicalRestoreTarget target(JobSpec.Restore spec) {
    return (PhysicalRestoreTarget) spec.target();
  }

  private JobSpec.Restore accepted(String recovery) {
    String id = latest(recovery).then().statusCode(202).extract().path("id");
    return (JobSpec.Restore) api.worker().awaitRun(id, 1).spec();
  }

  private Response latest(String recovery) {
    return restore("\"latestOf\":\"" + api.cluster() + "\"", recovery);
  }

  private static Response restore(String which, String recovery) {
    return admin()
        .body("{" + which + ",\"physical\":{\"directory\":\"/r\",\"recovery\":" + recovery + "}}")
        .post("/api/v1/restores");
  }

  private void point(String name, String lsn) {
    String id =
        admin()
            .body("{\"name\":\"" + name + "\"}")
            .post("/api/v1/clusters/" + api.cluster() + "/restore-points")
            .then()
            .statusCode(202)
            .extract()
            .path("id");
    api.worker().awaitRun(id, 1);
    api.worker().accept(id, 1);
    api.worker()
        .succeed(id, 1, new JobResult.RestorePointCreated(name, "pg-1", 1, Lsn.parse(lsn), now));
    await().atMost(Duration.ofSeconds(20)).until(() -> job(id).getBoolean("done"));
  }
}
