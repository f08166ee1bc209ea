package io.holdfast.api.drill;

import static io.holdfast.api.testing.ApiFixture.admin;
import static io.holdfast.api.testing.ApiFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.startsWith;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Observations;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.Problem;
import io.holdfast.model.drill.DrillSpec;
import io.holdfast.model.event.JobEvent;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.model.wire.Wire;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class DrillTest {
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private ApiFixture api;

  @BeforeEach
  void declare() {
    api = new ApiFixture(64);
    api.archived("{\"recoveryPointObjective\":\"PT2M\"}", Observations.SYSTEM);
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void drillsToARandomMomentOfTheNewestWindow() {
    String backup = api.physical("0/020000", "0/040000", now.minusSeconds(600));
    api.observed(now.minusSeconds(30), "0/380000", 0, 4);

    JobSpec.Drill spec = spec(accepted("{}"));

    Instant time = ((RecoveryTarget.Time) spec.drill().target()).time();
    assertThat(spec.backupId().value()).isEqualTo(backup);
    assertThat(time).isBetween(now.minusSeconds(600), now.minusSeconds(32));
    assertThat(spec.drill().amcheck()).isTrue();
    assertThat(spec.drill().timeline()).isEqualTo("latest");
    assertThat(spec.drill().recoveryPointObjective()).isEqualTo(Duration.ofMinutes(2));
    assertThat(spec.drill().recoveryTimeObjective()).isEqualTo(DrillSpec.DEFAULT_TIME);
  }

  @Test
  void drillsToTheEndWhileNoMomentIsKnown() {
    api.physical("0/020000", "0/040000", now.minusSeconds(600));

    assertThat(spec(accepted("{}")).drill().target()).isEqualTo(new RecoveryTarget.Latest());
  }

  @Test
  void carriesWhatIsAskedOverTheWire() {
    api.physical("0/020000", "0/040000", now.minusSeconds(600));

    DrillSpec drill =
        spec(accepted(
                "{\"target\":{\"type\":\"LSN\",\"lsn\":\"0/300000\",\"timeline\":\"current\"},"
                    + "\"amcheck\":false,\"recoveryTimeObjective\":\"PT5M\","
                    + "\"recoveryPointObjective\":\"PT1M\",\"assertions\":[{\"name\":\"sum\","
                    + "\"database\":\"orders\",\"sql\":\"select 1\",\"expected\":\"1\"}]}"))
            .drill();

    assertThat(drill.timeline()).isEqualTo("current");
    assertThat(drill.amcheck()).isFalse();
    assertThat(drill.assertions())
        .containsExactly(new DrillSpec.Assertion("sum", "orders", "select 1", "1"));
    assertThat(drill.recoveryTimeObjective()).isEqualTo(Duration.ofMinutes(5));
    assertThat(drill.recoveryPointObjective()).isEqualTo(Duration.ofMinutes(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"target\":{\"type\":\"STANDBY\"}}|target.type",
        "{\"target\":{\"type\":\"IMMEDIATE\",\"action\":\"PAUSE\"}}|target.action",
        "{\"recoveryTimeObjective\":\"soon\"}|recoveryTimeObjective",
        "{\"assertions\":[{\"name\":\"a\",\"database\":\"d\"}]}|assertions[0].sql",
        "{\"assertions\":[null]}|assertions[0]",
        "{\"backupId\":\"01890000-0000-7000-8000-000000000000\"}|",
      })
  void refusesADrillThatDoesNotHold(String body, String field) {
    Response answer = post(body);

    if (field == null) {
      Api.problem(answer.then(), 404, "not-found");
    } else {
      Api.problem(answer.then(), 422, "invalid-request").body("violations.field", hasItem(field));
    }
  }

  @Test
  void reportsADrillThatPassed() {
    String backup = api.physical("0/020000", "0/040000", now.minusSeconds(600));
    String id = accepted("{\"target\":{\"type\":\"LATEST\"}}");
    spec(id);
    api.worker().accept(id, 1);
    assertThat(report(id).getString("verdict")).isEqualTo("RUNNING");
    JobResult.Finding finding = new JobResult.Finding("rows", "OK", "7 of 7 rows", null);
    api.worker()
        .succeed(
            id,
            1,
            new JobResult.Drilled(
                new BackupId(backup),
                Duration.ofMillis(1500),
                Duration.ofSeconds(2),
                List.of(finding),
                Map.of("reachedLsn", "0/300000")));
    awaitDone(id);

    JsonPath report = report(id);
    assertThat(report.getString("verdict")).isEqualTo("PASSED");
    assertThat(report.getString("base.backupId")).isEqualTo(backup);
    assertThat(report.getString("base.stopLsn")).isEqualTo("0/40000");
    assertThat(report.getString("asked.type")).isEqualTo("LATEST");
    assertThat(report.getString("facts.reachedLsn")).isEqualTo("0/300000");
    assertThat(report.getDouble("recoverySeconds")).isEqualTo(1.5);
    assertThat(report.getList("findings.check")).isEqualTo(List.of("rows"));
    assertThat(job(id).getDouble("result.lossSeconds")).isEqualTo(2.0);
  }

  @Test
  void reportsADrillThatFailedFromItsNotes() {
    api.physical("0/020000", "0/040000", now.minusSeconds(600));
    String id =
        accepted(
            "{\"target\":{\"type\":\"LATEST\"},\"assertions\":[{\"name\":\"<b>sum</b>\","
                + "\"database\":\"orders\",\"sql\":\"select '<script>'\"}]}");
    spec(id);
    api.worker().accept(id, 1);
    note(
        id,
        "DRILL_FINDING",
        new JobResult.Finding(
            "assertion", "FAILED", "it was <script>alert(1)</script> & 'x'", "look"));
    note(id, "DRILL_FINDING", new JobResult.Finding("amcheck", "OK", "12 indexes", null));
    note(id, "DRILL_FACTS", Map.of("recoverySeconds", 2.5, "reachedLsn", "0/300000"));
    api.worker().say(new JobEvent.Noted(api.worker().header(id, 1), "DRILL_FINDING", "no json"));
    api.worker()
        .fail(id, 1, Problem.of(ErrorCode.DRILL_FAILED, "1 of 2 checks failed", "read the report"));
    awaitDone(id);

    JsonPath report = report(id);
    assertThat(report.getString("verdict")).isEqualTo("FAILED");
    assertThat(report.getString("problem.code")).isEqualTo("DRILL_FAILED");
    assertThat(report.getList("findings.check"))
        .isEqualTo(List.of("assertion", "amcheck", "unreadable"));
    assertThat(report.getDouble("recoverySeconds")).isEqualTo(2.5);
    assertThat(report.getString("facts.reachedLsn")).isEqualTo("0/300000");
    String page =
        admin()
            .get("/api/v1/drills/" + id + "/report.html")
            .then()
            .statusCode(200)
            .contentType(startsWith("text/html"))
            .header("Content-Security-Policy", containsString("default-src 'none'"))
            .extract()
            .asString();
    assertThat(page)
        .startsWith("<!doctype html>")
        .contains("FAILED")
        .contains("it was &lt;script&gt;alert(1)&lt;/script&gt; &amp; &#39;x&#39;")
        .contains("&lt;b&gt;sum&lt;/b&gt;")
        .doesNotContain("<script")
        .doesNotContain("http://")
        .doesNotContain("https://");
  }

  @Test
  void hasAReportOfDrillsOnly() {
    String backup = api.backup("{\"method\":\"LOGICAL\"}");

    Api.problem(admin().get("/api/v1/drills/" + backup + "/report").then(), 404, "not-found");
    Api.problem(admin().get("/api/v1/drills/none/report.html").then(), 404, "not-found");
  }

  @Test
  void letsOnlyARestorerStopADrill() {
    api.physical("0/020000", "0/040000", now.minusSeconds(600));
    String id = accepted("{\"target\":{\"type\":\"LATEST\"}}");

    Api.problem(
        Api.with(Api.key(List.of("operator")))
            .body("{}")
            .post("/api/v1/jobs/" + id + "/cancellations")
            .then(),
        403,
        "forbidden");
  }

  private void note(String id, String code, Object value) {
    api.worker().say(new JobEvent.Noted(api.worker().header(id, 1), code, Wire.text(value)));
  }

  private String accepted(String body) {
    return post(body).then().statusCode(202).body("kind", equalTo("DRILL")).extract().path("id");
  }

  private Response post(String body) {
    return admin().body(body).post("/api/v1/clusters/" + api.cluster() + "/drills");
  }

  private JobSpec.Drill spec(String id) {
    return (JobSpec.Drill) api.worker().awaitRun(id, 1).spec();
  }

  private static JsonPath report(String id) {
    return admin()
        .get("/api/v1/drills/" + id + "/report")
        .then()
        .statusCode(200)
        .extract()
        .jsonPath();
  }

  private static void awaitDone(String id) {
    await().atMost(Duration.ofSeconds(20)).until(() -> job(id).getBoolean("done"));
  }
}
