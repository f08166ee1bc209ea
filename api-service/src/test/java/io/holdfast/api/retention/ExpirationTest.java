package io.holdfast.api.retention;

import static io.holdfast.api.testing.Api.problem;
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
import io.holdfast.model.job.Doomed;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ExpirationTest {
  private static final String VERIFY = "{\"level\":\"CHECKSUM\"}";
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  @Inject RetentionMetrics metrics;
  @Inject PrometheusMeterRegistry registry;
  private ApiFixture api;
  private String oldest;
  private String middle;
  private String newest;

  @BeforeEach
  void declare() {
    api = new ApiFixture(64);
    keep(1);
    oldest = api.physical("0/020000", "0/040000", now.minus(Duration.ofDays(40)));
    middle = api.physical("0/520000", "0/540000", now.minus(Duration.ofDays(20)));
    newest = api.physical("0/820000", "0/840000", now.minusSeconds(60));
  }

  @AfterEach
  void close() {
    api.close();
  }

  private void keep(double share) {
    keep(share, "");
  }

  private void keep(double share, String more) {
    api.declared(
        more
            + "\"expectedSystemIdentifier\":\""
            + Observations.SYSTEM
            + "\",\"archive\":{},\"retention\":{\"daily\":1,\"weekly\":0,\"monthly\":0,"
            + "\"minimumFulls\":1,\"grace\":\"PT0S\",\"maxDeleteShare\":"
            + share
            + "},");
  }

  @Test
  void removesWhatThePlanSaysAndRemembersIt() {
    api.observed(now, "0/A80000", 0, 10);
    JsonPath plan = plan();
    assertThat(action(plan, oldest)).isEqualTo("EXPIRE");
    assertThat(action(plan, middle)).isEqualTo("KEEP");
    assertThat(plan.getString("backups.find{it.backupId=='" + middle + "'}.reasons[0].code"))
        .isEqualTo("WINDOW");
    assertThat(plan.getList("wal.action")).containsExactly("EXPIRE", "KEEP");

    String job = expire("{}");
    JobSpec.Expire spec = spec(job);

    assertThat(spec.backups()).extracting(one -> one.backupId().value()).containsExactly(oldest);
    assertThat(spec.wal()).hasSize(1);
    assertThat(spec.wal().getFirst().to()).hasToString("0/500000");
    assertThat(state(oldest)).isEqualTo("EXPIRING");
    done(job, spec, List.of());
    assertThat(state(oldest)).isEqualTo("EXPIRED");
    assertThat(backup(oldest).getString("expiry.jobId")).isEqualTo(job);
    assertThat(backups()).containsExactly(newest, middle);
    assertThat(action(plan(), middle)).isEqualTo("KEEP");
  }

  @Test
  void walThatWasRemovedFromTheMiddleIsNoGap() {
    api.declared(
        "\"expectedSystemIdentifier\":\""
            + Observations.SYSTEM
            + "\",\"archive\":{},\"retention\":{\"daily\":1,\"weekly\":0,\"monthly\":0,"
            + "\"minimumFulls\":1,\"grace\":\"PT0S\",\"walKeep\":\"WINDOW\"},");
    hold(oldest, "USER").then().statusCode(201);
    api.observed(now.minusSeconds(9), "0/A80000", 0, 10);
    String job = expire("{}");
    JobSpec.Expire spec = spec(job);
    assertThat(spec.wal())
        .extracting(range -> range.from() + " to " + range.to())
        .containsExactly("0/100000 to 0/500000");

    done(job, spec, List.of());
    api.observed(now.minusSeconds(6), "0/A80000", 0, 1, 5, 10);
    api.observed(now.minusSeconds(3), "0/A80000", 0, 1, 5, 10);

    assertThat(gaps()).isEmpty();
    // One that nobody made on purpose is still found.
    api.observed(now.minusSeconds(2), "0/A80000", 0, 1, 5, 7, 8, 10);
    api.observed(now.minusSeconds(1), "0/A80000", 0, 1, 5, 7, 8, 10);
    assertThat(gaps()).containsExactly("0/700000");
  }

  @Test
  void showsWhatIsDueAndWhetherEnoughIsThere() {
    metrics.plan();
    metrics.look();

    assertThat(gauge("holdfast_retention_due")).isEqualTo(1);
    assertThat(gauge("holdfast_retention_violated")).isZero();

    api.declared("\"retention\":{\"minimumFulls\":4},");
    metrics.plan();
    metrics.look();
    assertThat(gauge("holdfast_retention_due")).isZero();
    assertThat(gauge("holdfast_retention_violated")).isEqualTo(1);
  }

  private double gauge(String name) {
    return registry
        .getPrometheusRegistry()
        .getSampleValue(name, new String[] {"cluster"}, new String[] {api.cluster()});
  }

  private List<String> gaps() {
    return admin()
        .get("/api/v1/clusters/" + api.cluster() + "/recovery-windows")
        .jsonPath()
        .getList("gaps.fromLsn");
  }

  @Test
  void asksBeforeItRemovesMoreThanTheShareAndTakesNoOtherAnswer() {
    keep(0.2);
    problem(post("{}").then(), 409, "plan-needs-confirmation");
    problem(post("{\"confirm\":\"00\"}").then(), 409, "plan-changed");
    assertThat(state(oldest)).isEqualTo("AVAILABLE");

    expire("{\"confirm\":\"" + plan().getString("digest") + "\"}");

    assertThat(state(oldest)).isEqualTo("EXPIRING");
  }

  @Test
  void leavesWhatAJobReadsHoweverLongThatJobWaits() {
    String job = verify(oldest).jsonPath().getString("id");

    assertThat(plan().getString("backups.find{it.backupId=='" + oldest + "'}.reasons[0].code"))
        .isEqualTo("IN_USE");
    assertThat(spec(expire("{}")).backups()).isEmpty();
    problem(delete(oldest, "").then(), 409, "in-use");
    assertThat(job).isNotBlank();
  }

  @Test
  void nobodyBeginsToReadWhatIsBeingRemoved() {
    expire("{}");

    problem(verify(oldest).then(), 409, "backup-expired");
    problem(hold(oldest, "USER").then(), 409, "backup-expired");
    problem(
        admin()
            .body(
                "{\"backupId\":\"" + oldest + "\",\"physical\":{\"directory\":\"/srv/restored\"}}")
            .post("/api/v1/restores")
            .then(),
        409,
        "backup-expired");
    problem(delete(oldest, "").then(), 409, "backup-expired");
    problem(post("{}").then(), 409, "expiration-running");
  }

  @Test
  void anExpirationThatNobodyCanBeginAnyMoreHasChangedNothing() {
    // One job at once, and it is another one's turn.
    keep(1, "\"maxRunningJobs\":1,");
    api.worker().awaitRun(verify(newest).jsonPath().getString("id"), 1);
    String job = expire("{}");
    cancel(job);

    assertThat(job(job).getString("state")).isEqualTo("CANCELLED");
    assertThat(state(oldest)).isEqualTo("AVAILABLE");
    assertThat(backup(oldest).getString("expiry")).isNull();
  }

  @Test
  void anExpirationThatWasSentIsNotCalledCancelledBeforeAWorkerSaysSo() {
    String job = expire("{}");
    api.worker().awaitRun(job, 1);
    cancel(job);

    api.worker().awaitCancel(job, 1);
    assertThat(job(job).getBoolean("done")).isFalse();
    assertThat(state(oldest)).isEqualTo("EXPIRING");
  }

  @Test
  void whatAnExpirationLeftHalfDoneTheNextOneFinishes() {
    String job = expire("{}");
    api.worker().awaitRun(job, 1);
    api.worker().accept(job, 1);
    api.worker()
        .fail(job, 1, Problem.of(ErrorCode.REPOSITORY_REFUSED, "it may not delete", "let it"));
    await().atMost(Duration.ofSeconds(20)).until(() -> job(job).getBoolean("done"));
    assertThat(state(oldest)).isEqualTo("EXPIRING");
    problem(verify(oldest).then(), 409, "backup-expired");

    JobSpec.Expire again = spec(expire("{}"));

    assertThat(again.backups())
        .containsExactly(
            new Doomed(new BackupId(oldest), "its removal was begun and has to be finished"));
  }

  @Test
  void whatTheRepositorySaysIsNeededIsThereAgain() {
    String job = expire("{}");
    JobSpec.Expire spec = spec(job);

    done(job, spec, List.of(new JobResult.Kept(new BackupId(oldest), "backup x builds on it")));

    assertThat(state(oldest)).isEqualTo("AVAILABLE");
    assertThat(job(job).getString("result.expired.kept[0].because"))
        .isEqualTo("backup x builds on it");
  }

  @Test
  void aHoldKeepsABackupUntilItIsLiftedForAReason() {
    problem(hold(oldest, "OTHER").then(), 422, "invalid-request");
    String hold = hold(oldest, "LEGAL").then().statusCode(201).extract().path("id");
    assertThat(action(plan(), oldest)).isEqualTo("KEEP");
    problem(delete(oldest, "").then(), 409, "held");

    String path = "/api/v1/backups/" + oldest + "/holds/" + hold;
    problem(admin().delete(path).then(), 422, "invalid-request");
    problem(
        Api.with(Api.key(List.of("operator"))).delete(path + "?reason=x").then(), 403, "forbidden");
    admin().delete(path + "?reason=settled").then().statusCode(204);

    assertThat(action(plan(), oldest)).isEqualTo("EXPIRE");
    JsonPath holds = admin().get("/api/v1/backups/" + oldest + "/holds").jsonPath();
    assertThat(holds.getString("items[0].liftReason")).isEqualTo("settled");
    assertThat(holds.getBoolean("items[0].standing")).isFalse();
    problem(admin().delete(path + "?reason=again").then(), 409, "hold-lifted");
  }

  @Test
  void aParentGoesByHandOnlyWithWhatBuildsOnIt() {
    String child =
        api.physical(
            "{\"method\":\"PHYSICAL\",\"physical\":{\"type\":\"INCREMENTAL\",\"parent\":\""
                + newest
                + "\"}}",
            "0/920000",
            "0/940000",
            now,
            null);
    problem(delete(newest, "").then(), 409, "has-dependents");

    String job = delete(newest, "?dependents=true").then().statusCode(202).extract().path("id");

    assertThat(spec(job).backups())
        .extracting(one -> one.backupId().value())
        .containsExactly(child, newest);
    delete(oldest, "").then().statusCode(202);
    problem(delete(middle, "").then(), 409, "last-backup");
    delete(middle, "?confirm=" + middle).then().statusCode(202);
  }

  @Test
  void aDryRunMarksNothing() {
    JobSpec.Expire spec = spec(expire("{\"dryRun\":true}"));

    assertThat(spec.dryRun()).isTrue();
    assertThat(spec.backups()).hasSize(1);
    assertThat(state(oldest)).isEqualTo("AVAILABLE");
  }

  private static void cancel(String job) {
    admin().body("{}").post("/api/v1/jobs/" + job + "/cancellations").then().statusCode(202);
  }

  private Response post(String body) {
    return admin().body(body).post("/api/v1/clusters/" + api.cluster() + "/expirations");
  }

  private String expire(String body) {
    return post(body).then().statusCode(202).extract().path("id");
  }

  private JobSpec.Expire spec(String job) {
    return (JobSpec.Expire) api.worker().awaitRun(job, 1).spec();
  }

  private void done(String job, JobSpec.Expire spec, List<JobResult.Kept> kept) {
    api.worker().accept(job, 1);
    List<BackupId> gone =
        kept.isEmpty() ? spec.backups().stream().map(Doomed::backupId).toList() : List.of();
    api.worker()
        .succeed(job, 1, new JobResult.Expired(false, gone, kept, spec.wal(), 3, 300, List.of()));
    await().atMost(Duration.ofSeconds(20)).until(() -> job(job).getBoolean("done"));
  }

  private JsonPath plan() {
    return admin()
        .get("/api/v1/clusters/" + api.cluster() + "/retention-plan")
        .then()
        .statusCode(200)
        .extract()
        .jsonPath();
  }

  private static String action(JsonPath plan, String backup) {
    return plan.getString("backups.find{it.backupId=='" + backup + "'}.action");
  }

  private static JsonPath backup(String id) {
    return admin().get("/api/v1/backups/" + id).jsonPath();
  }

  private static String state(String id) {
    return backup(id).getString("state");
  }

  private List<String> backups() {
    return admin().get("/api/v1/backups?cluster=" + api.cluster()).jsonPath().getList("items.id");
  }

  private static Response verify(String id) {
    return admin().body(VERIFY).post("/api/v1/backups/" + id + "/verifications");
  }

  private static Response hold(String id, String kind) {
    return admin()
        .body("{\"kind\":\"" + kind + "\",\"reason\":\"case 7\"}")
        .post("/api/v1/backups/" + id + "/holds");
  }

  private static Response delete(String id, String query) {
    return admin().delete("/api/v1/backups/" + id + query);
  }
}
