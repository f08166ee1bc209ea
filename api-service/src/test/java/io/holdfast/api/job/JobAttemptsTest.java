package io.holdfast.api.job;

import static io.holdfast.api.testing.ApiFixture.admin;
import static io.holdfast.api.testing.ApiFixture.job;
import static io.holdfast.api.testing.ApiFixture.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Manifests;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.JobId;
import io.holdfast.model.Problem;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.event.JobEvent;
import io.holdfast.model.event.WorkerEvent;
import io.holdfast.model.job.JobResult;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class JobAttemptsTest {
  private static final String LOGICAL = "{\"method\":\"LOGICAL\"}";
  private static final String PHYSICAL = "{\"method\":\"PHYSICAL\"}";
  private ApiFixture api;

  @BeforeEach
  void declare() {
    api = new ApiFixture(2);
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void startsTheNextAttemptWhenTheLeaseRunsOutAndLetsTheOldOneChangeNothing() {
    String id = api.backup(LOGICAL);
    JobCommand.RunJob first = api.worker().awaitRun(id, 1);
    api.worker().say(new JobEvent.Accepted(api.worker().header(id, 1, Duration.ofMillis(500))));
    JobCommand.RunJob second = api.worker().awaitRun(id, 2);
    api.worker().succeed(id, 1, new JobResult.BackedUp(Manifests.of(first, "LOGICAL", 1), null));
    api.worker().accept(id, 2);
    await().until(() -> state(id).equals("RUNNING"));

    assertThat(job(id).getInt("attempt")).isEqualTo(2);
    assertThat(job(id).getString("attempts[0].outcome")).isEqualTo("LOST");
    api.worker().succeed(id, 2, new JobResult.BackedUp(Manifests.of(second, "LOGICAL", 2), null));
    await().until(() -> state(id).equals("SUCCEEDED"));
    assertThat(job(id).getLong("result.plainBytes")).isEqualTo(2);
  }

  @Test
  void triesAgainAfterARetryableFailureAndStopsAtOneThatIsNot() {
    String id = api.backup(LOGICAL);
    api.worker().awaitRun(id, 1);
    api.worker().accept(id, 1);
    api.worker().fail(id, 1, Problem.of(ErrorCode.RECOVERY_CONFLICT, "cancelled", "wait"));
    api.worker().awaitRun(id, 2);
    api.worker().accept(id, 2);
    api.worker().fail(id, 2, Problem.of(ErrorCode.PERMISSION_DENIED, "no grant", "grant it"));
    await().until(() -> job(id).getBoolean("done"));

    assertThat(job(id).getString("outcome")).isEqualTo("FAILED");
    assertThat(job(id).getString("problem.code")).isEqualTo("PERMISSION_DENIED");
    assertThat(api.worker().runsOf(id)).isEqualTo(2);
    admin().get("/api/v1/jobs/" + id + "/outcome").then().statusCode(424);
  }

  @Test
  void countsNoAttemptAndWaitsForNothingWhenAWorkerIsToldToEnd() {
    Problem stopping = Problem.of(ErrorCode.WORKER_STOPPING, "told to end", "another one takes it");
    String id = api.backup(LOGICAL);
    for (int attempt = 1; attempt <= 4; attempt++) {
      api.worker().awaitRun(id, attempt);
      api.worker().accept(id, attempt);
      api.worker().fail(id, attempt, stopping);
    }
    JobCommand.RunJob fifth = api.worker().awaitRun(id, 5);
    api.worker().accept(id, 5);
    api.worker().succeed(id, 5, new JobResult.BackedUp(Manifests.of(fifth, "LOGICAL", 1), null));
    await().until(() -> state(id).equals("SUCCEEDED"));

    assertThat(job(id).getList("attempts.outcome"))
        .asList()
        .containsExactly("HANDED_OVER", "HANDED_OVER", "HANDED_OVER", "HANDED_OVER", "SUCCEEDED");
    assertThat(pauseBefore(id, 5)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void failsAtItsDeadlineWhateverItWaitsFor() {
    String id = api.backup("{\"method\":\"LOGICAL\",\"deadline\":\"PT3S\"}");
    await().atMost(Duration.ofSeconds(15)).until(() -> job(id).getBoolean("done"));

    assertThat(job(id).getString("problem.code")).isEqualTo("DEADLINE_EXCEEDED");
  }

  @Test
  void failsForWantOfAWorkerWhenNobodyAcceptsAnyAttempt() {
    String id = api.backup(LOGICAL);
    await().atMost(Duration.ofSeconds(60)).until(() -> job(id).getBoolean("done"));

    assertThat(job(id).getString("problem.code")).isEqualTo("NO_WORKER");
    assertThat(job(id).getString("problem.detail")).contains("attempt 3");
    assertThat(job(id).getList("attempts.outcome"))
        .asList()
        .containsExactly("NOT_ACCEPTED", "NOT_ACCEPTED", "NOT_ACCEPTED");
    assertThat(api.worker().runsOf(id)).isEqualTo(3);
  }

  @Test
  void waitsTwiceAsLongBeforeEachFurtherAttempt() {
    String id = api.backup(LOGICAL);
    for (int attempt = 1; attempt <= 3; attempt++) {
      api.worker().awaitRun(id, attempt);
      api.worker().accept(id, attempt);
      api.worker().fail(id, attempt, Problem.of(ErrorCode.RECOVERY_CONFLICT, "no", "wait"));
    }
    await().until(() -> job(id).getBoolean("done"));

    assertThat(pauseBefore(id, 2)).isBetween(Duration.ofMillis(500), Duration.ofSeconds(4));
    assertThat(pauseBefore(id, 3)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(5));
    assertThat(job(id).getString("problem.code")).isEqualTo("RECOVERY_CONFLICT");
  }

  private static Duration pauseBefore(String id, int attempt) {
    String ended = "attempts[" + (attempt - 2) + "].endedAt";
    String next = "attempts[" + (attempt - 1) + "].dispatchedAt";
    return Duration.between(
        Instant.parse(job(id).getString(ended)), Instant.parse(job(id).getString(next)));
  }

  @Test
  void runsNoMoreJobsOfAClusterAtOnceThanItAllows() {
    String first = api.backup(LOGICAL);
    String second = api.backup(LOGICAL);
    String third = api.backup(LOGICAL);
    api.worker().awaitRun(first, 1);
    api.worker().awaitRun(second, 1);
    api.worker().accept(first, 1);
    api.worker().accept(second, 1);
    await().during(Duration.ofSeconds(2)).until(() -> api.worker().runsOf(third) == 0);

    assertThat(job(third).getString("queuedReason")).contains(first).contains("at most at once");
    api.worker().fail(second, 1, Problem.of(ErrorCode.PERMISSION_DENIED, "no", "no"));
    api.worker().awaitRun(third, 1);
  }

  @Test
  void runsOnePhysicalBackupOfAClusterAtATimeAndSaysWhatTheOtherWaitsFor() {
    String first = api.backup(PHYSICAL);
    api.worker().awaitRun(first, 1);
    api.worker().accept(first, 1);
    String second = api.backup(PHYSICAL);
    String third = api.backup(LOGICAL);
    api.worker().awaitRun(third, 1);

    assertThat(job(second).getString("queuedReason")).contains(first);
    assertThat(api.worker().runsOf(second)).isZero();
    api.worker().fail(first, 1, Problem.of(ErrorCode.PERMISSION_DENIED, "no", "no"));
    api.worker().awaitRun(second, 1);
  }

  @Test
  void cancelsAQueuedJobAtOnceAndARunningOneWhenItsWorkerHasStopped() {
    String running = api.backup(PHYSICAL);
    api.worker().awaitRun(running, 1);
    api.worker().accept(running, 1);
    await().until(() -> state(running).equals("RUNNING"));
    String queued = api.backup(PHYSICAL);
    admin().post("/api/v1/jobs/" + queued + "/cancellations").then().statusCode(202);
    admin().post("/api/v1/jobs/" + running + "/cancellations").then().statusCode(202);
    api.worker().awaitCancel(running, 1);

    assertThat(state(queued)).isEqualTo("CANCELLED");
    assertThat(state(running)).isEqualTo("RUNNING");
    assertThat(job(running).getBoolean("cancelRequested")).isTrue();
    api.worker().say(new JobEvent.Cancelled(api.worker().header(running, 1), "asked for"));
    await().until(() -> state(running).equals("CANCELLED"));
    admin().post("/api/v1/jobs/" + running + "/cancellations").then().statusCode(409);
  }

  @Test
  void takesAnEventOnceAndGoesOnAfterWhatItCannotRead() {
    String id = api.backup(LOGICAL);
    api.worker().awaitRun(id, 1);
    JobEvent accepted = new JobEvent.Accepted(api.worker().header(id, 1));
    api.worker().say(accepted);
    api.worker().say(accepted);
    api.worker().raw(id, "no json".getBytes(StandardCharsets.UTF_8));
    api.worker().raw(id, "{\"type\":\"LATER.v9\"}".getBytes(StandardCharsets.UTF_8));
    api.worker().say(new JobEvent.Noted(api.worker().header(id, 1), "NOTE", "after"));
    await().until(() -> types(id).contains("NOTED"));

    assertThat(types(id)).isEqualTo("[CREATED, DISPATCHED, ACCEPTED, NOTED]");
  }

  @Test
  void failsAJobForARefusedCommandOnlyWhenItsSignatureWasGood() {
    String id = api.backup(LOGICAL);
    api.worker().awaitRun(id, 1);
    api.worker().say(refusal(id, false));
    api.worker().say(new JobEvent.Accepted(api.worker().header(id, 1)));
    await().until(() -> state(id).equals("RUNNING"));
    api.worker().say(refusal(id, true));
    await().until(() -> job(id).getBoolean("done"));

    assertThat(job(id).getString("problem.code")).isEqualTo("COMMAND_REFUSED");
    assertThat(job(id).getString("attempts[0].outcome")).isEqualTo("REFUSED");
  }

  @Test
  void saysRefusedWhenTheWorkersConfigurationForbidsWhatTheJobNeeds() {
    String id = api.backup(LOGICAL);
    api.worker().awaitRun(id, 1);
    api.worker().accept(id, 1);
    api.worker().fail(id, 1, Problem.of(ErrorCode.COMMAND_REFUSED, "not that endpoint", "look"));
    await().until(() -> job(id).getBoolean("done"));

    assertThat(job(id).getString("attempts[0].outcome")).isEqualTo("REFUSED");
    assertThat(job(id).getString("problem.code")).isEqualTo("COMMAND_REFUSED");
    assertThat(api.worker().runsOf(id)).isEqualTo(1);
  }

  @Test
  void recordsAForgedCommandInTheAuditOnce() {
    String id = api.backup(LOGICAL);
    api.worker().awaitRun(id, 1);
    WorkerEvent forged = refusal(id, false);
    api.worker().say(forged);
    api.worker().say(forged);
    api.worker().say(refusal(id, true));
    await().until(() -> job(id).getBoolean("done"));

    String target = "/pools/" + api.cluster() + "/workers/fake-worker";
    assertThat(
            admin()
                .queryParam("target", target)
                .get("/api/v1/audit")
                .jsonPath()
                .getList("items.kind"))
        .asList()
        .containsExactly("ALARM");
  }

  private WorkerEvent refusal(String id, boolean authentic) {
    return new WorkerEvent.CommandRefused(
        UUID.randomUUID().toString(),
        "fake-worker",
        Instant.now(),
        api.cluster(),
        new JobId(id),
        1,
        authentic,
        Problem.of(ErrorCode.COMMAND_REFUSED, "not mine", "look"));
  }

  private static String types(String id) {
    return admin()
        .accept("application/json")
        .get("/api/v1/jobs/" + id + "/events")
        .jsonPath()
        .getList("items.type")
        .toString();
  }
}
