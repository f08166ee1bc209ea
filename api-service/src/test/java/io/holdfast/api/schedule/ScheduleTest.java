package io.holdfast.api.schedule;

import static io.holdfast.api.testing.Api.problem;
import static io.holdfast.api.testing.ApiFixture.admin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ScheduleTest {
  private static final String BACKUP = ScheduleFixture.BACKUP;

  @Inject ScheduleTick tick;
  private ScheduleFixture schedules;

  @BeforeEach
  void declare() {
    schedules = new ScheduleFixture();
  }

  @AfterEach
  void close() {
    schedules.close();
  }

  @Test
  void isDeclaredByNameAndShownWithItsDefaults() {
    schedules
        .put("nightly", "{\"cron\":\"30 2 * * *\",\"zone\":\"Europe/Berlin\"," + BACKUP + "}")
        .statusCode(201)
        .header("ETag", "\"1\"");

    JsonPath shown =
        admin().get(schedules.path("nightly")).then().statusCode(200).extract().jsonPath();
    assertThat(shown.getString("kind")).isEqualTo("BACKUP");
    assertThat(shown.getString("zone")).isEqualTo("Europe/Berlin");
    assertThat(shown.getString("deadline")).isEqualTo("PT4H");
    assertThat(shown.getBoolean("external")).isFalse();
    assertThat(shown.getBoolean("paused")).isFalse();
    assertThat(shown.getString("backup.method")).isEqualTo("LOGICAL");
    assertThat(Instant.parse(shown.getString("nextDueAt"))).isAfter(Instant.now());
    assertThat(
            admin()
                .get("/api/v1/clusters/" + schedules.api().cluster() + "/schedules")
                .jsonPath()
                .<String>getList("items.name"))
        .containsExactly("nightly");
  }

  @Test
  void isChangedOnlyByThoseWhoHaveReadIt() {
    Instant unused = schedules.declare("nightly", "0 2 * * *", BACKUP);
    String changed = "{\"cron\":\"0 3 * * *\"," + BACKUP + "}";

    problem(
        admin().body(changed).put(schedules.path("nightly")).then(), 428, "precondition-required");
    problem(
        admin().header("If-Match", "\"7\"").body(changed).put(schedules.path("nightly")).then(),
        412,
        "precondition-failed");
    admin()
        .header("If-Match", "\"1\"")
        .body(changed)
        .put(schedules.path("nightly"))
        .then()
        .statusCode(200)
        .header("ETag", "\"2\"")
        .body("cron", equalTo("0 3 * * *"));
    problem(admin().delete(schedules.path("nightly")).then(), 428, "precondition-required");
  }

  @Test
  void showsInADryRunWhatWouldChangeAndWhenItWouldRun() {
    Instant unused = schedules.declare("nightly", "0 2 * * *", BACKUP);

    JsonPath plan =
        admin()
            .header("If-Match", "*")
            .body("{\"cron\":\"0 3 * * *\"," + BACKUP + "}")
            .put(schedules.path("nightly") + "?dryRun=true")
            .then()
            .statusCode(200)
            .extract()
            .jsonPath();

    assertThat(plan.getString("plan.action")).isEqualTo("UPDATE");
    assertThat(plan.<String>getList("plan.changes.field")).containsExactly("cron");
    assertThat(plan.<String>getList("plan.effects"))
        .hasSize(3)
        .allMatch(effect -> effect.endsWith("T03:00:00Z."));
    assertThat(admin().get(schedules.path("nightly")).jsonPath().getString("cron"))
        .isEqualTo("0 2 * * *");
  }

  @Test
  void saysEverythingThatIsWrongWithADeclaration() {
    refused("{\"cron\":\"0 2 * *\"," + BACKUP + "}", "cron");
    refused("{\"cron\":\"0 0 31 2 *\"," + BACKUP + "}", "cron");
    refused("{" + BACKUP + "}", "cron");
    refused("{\"cron\":\"0 2 * * *\"}", "kind");
    refused("{\"cron\":\"0 2 * * *\",\"kind\":\"SCAN\"}", "kind");
    refused("{\"cron\":\"0 2 * * *\",\"kind\":\"BACKUP\"}", "backup");
    refused("{\"cron\":\"0 2 * * *\",\"zone\":\"+02:00\"," + BACKUP + "}", "zone");
    refused("{\"cron\":\"0 2 * * *\",\"deadline\":\"PT0S\"," + BACKUP + "}", "deadline");
    refused("{\"cron\":\"0 2 * * *\",\"jitter\":\"PT4H\"," + BACKUP + "}", "jitter");
    refused(
        "{\"cron\":\"0 2 * * *\",\"external\":true,\"jitter\":\"PT1H\"," + BACKUP + "}", "jitter");
    refused(window("10:00", "11:00"), "window");
    refused(window("10:00", "10:00"), "window");
    refused(window("1:00", "25:00"), "window.from");
    refused(
        "{\"cron\":\"0 2 * * *\",\"kind\":\"BACKUP\",\"backup\":{\"method\":\"WISHFUL\"}}",
        "backup.method");
    refused(
        "{\"cron\":\"0 2 * * *\",\"kind\":\"VERIFICATION\",\"verification\":{\"level\":\"NONE\"}}",
        "verification.level");
    refused(
        "{\"cron\":\"0 2 * * *\",\"kind\":\"COPY\",\"copy\":{\"repository\":\"nowhere\"}}",
        "copy.repository");
    refused(
        "{\"cron\":\"0 2 * * *\",\"kind\":\"EXPIRATION\",\"expiration\":{\"confirm\":\"abc\"}}",
        "expiration.confirm");
    refused("{\"cron\":\"0 2 * * *\",\"drill\":{}," + BACKUP + "}", "drill");
  }

  @Test
  void scansARepository() {
    String path = "/api/v1/repositories/" + schedules.api().cluster() + "/schedules/weekly";
    Instant due =
        Instant.parse(
            admin()
                .body("{\"cron\":\"0 4 * * 0\",\"kind\":\"SCAN\"}")
                .put(path)
                .then()
                .statusCode(201)
                .extract()
                .jsonPath()
                .getString("nextDueAt"));

    int unused = tick.run(Clock.fixed(due, ZoneOffset.UTC));

    JsonPath runs = admin().get(path + "/runs").jsonPath();
    admin().header("If-Match", "*").delete(path).then().statusCode(204);
    assertThat(runs.getString("items[0].outcome")).isEqualTo("JOB");
    JsonPath job = admin().get("/api/v1/jobs/" + runs.getString("items[0].jobId")).jsonPath();
    assertThat(job.getString("kind")).isEqualTo("SCAN");
    assertThat(job.getString("trigger")).isEqualTo("schedule:weekly");
  }

  @Test
  void showsWhatComesNextAndWhatWillBeSkipped() {
    String unused =
        schedules
            .put(
                "nightly",
                "{\"cron\":\"0 2,14 * * *\",\"window\":{\"from\":\"22:00\",\"until\":\"06:00\"},"
                    + BACKUP
                    + "}")
            .statusCode(201)
            .extract()
            .asString();

    JsonPath upcoming = admin().get(schedules.path("nightly") + "/upcoming?limit=4").jsonPath();

    List<Map<String, String>> items = upcoming.getList("items");
    assertThat(items).hasSize(4);
    assertThat(items)
        .allSatisfy(
            item ->
                assertThat(item.get("code"))
                    .isEqualTo(item.get("dueAt").contains("T14:") ? "WINDOW" : null));
  }

  @Test
  void isHiddenFromKeysOfOtherClusters() {
    Instant unused = schedules.declare("nightly", "0 2 * * *", BACKUP);
    String other = Api.key(List.of("viewer"), Api.declaredCluster());

    problem(Api.with(other).get(schedules.path("nightly")).then(), 404, "not-found");
    problem(Api.with(other).get(schedules.path("nightly") + "/upcoming").then(), 404, "not-found");
  }

  @Test
  void isNotInTheWayOfItsCluster() {
    Instant unused = schedules.declare("nightly", "0 2 * * *", BACKUP);
    String cluster = "/api/v1/clusters/" + schedules.api().cluster();

    admin().header("If-Match", "*").delete(cluster).then().statusCode(204);

    problem(admin().get(schedules.path("nightly")).then(), 404, "not-found");
  }

  private void refused(String body, String field) {
    problem(schedules.put("wrong", body), 422, "invalid-request")
        .body("violations.field", hasItem(field));
  }

  private static String window(String from, String until) {
    return "{\"cron\":\"0 2 * * *\",\"window\":{\"from\":\""
        + from
        + "\",\"until\":\""
        + until
        + "\"},"
        + BACKUP
        + "}";
  }
}
