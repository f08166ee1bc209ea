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
  void failsWhenNobodyAcceptsAnyAttempt() {
    String id = api.backup("{\"method\":\"LOGICAL\",\"deadline\":\"PT3S\"}");
    await().atMost(Duration.ofSeconds(15)).until(() -> job(id).getBoolean("done"));

    assertThat(job(id).getString("problem.code")).isEqualTo("DEADLINE_EXCEEDED");
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
