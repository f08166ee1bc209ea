package io.holdfast.api.outbox;

import static io.holdfast.api.testing.ApiFixture.admin;
import static io.holdfast.api.testing.ApiFixture.job;
import static io.holdfast.api.testing.ApiFixture.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Manifests;
import io.holdfast.api.testing.SwitchedBroker;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.event.JobEvent;
import io.holdfast.model.job.JobResult;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * An outage against clocks set short: a machine that is busy otherwise may find its consumers again
 * later than these clocks allow. The same with real clocks and a killed broker is in system-tests.
 */
@Tag("slow")
@QuarkusTest
@QuarkusTestResource(value = SwitchedBroker.class, restrictToAnnotatedClass = true)
class BrokerOutageTest {
  private static final String LOGICAL = "{\"method\":\"LOGICAL\"}";
  private static final Duration LEASE = Duration.ofSeconds(2);

  /** Given true, Kafka is up when it returns; given false, it is down. */
  Consumer<Boolean> broker;

  @Test
  void runsAJobOnceThatWasAcceptedWhileTheBrokerWasDown() {
    try (ApiFixture api = new ApiFixture()) {
      String before = api.backup(LOGICAL);
      api.worker().awaitRun(before, 1);
      broker.accept(false);
      String id = api.backup(LOGICAL);
      // Longer than one send takes to give up.
      await()
          .during(Duration.ofSeconds(10))
          .atMost(Duration.ofSeconds(12))
          .until(() -> state(id).equals("QUEUED"));
      broker.accept(true);
      JobCommand.RunJob run = api.worker().awaitRun(id, 1);
      api.worker().accept(id, 1);
      api.worker().succeed(id, 1, new JobResult.BackedUp(Manifests.of(run, "LOGICAL", 1), null));
      await().atMost(Duration.ofSeconds(30)).until(() -> job(id).getBoolean("done"));

      assertThat(job(id).getString("outcome")).isEqualTo("SUCCEEDED");
      assertThat(job(id).getInt("attempt")).isEqualTo(1);
      // A record may come twice; a worker tells by the command's id and takes it once.
      assertThat(
              api.worker().commands().stream()
                  .filter(JobCommand.RunJob.class::isInstance)
                  .map(JobCommand.RunJob.class::cast)
                  .filter(command -> command.jobId().value().equals(id))
                  .map(command -> command.header().commandId())
                  .distinct())
          .hasSize(1);
      assertThat(run.header().expiresAt()).isAfter(run.header().issuedAt());
    }
  }

  @Test
  void losesNoJobToAnOutageLongerThanItsLeaseAndStillNoticesASilentWorkerAfterIt() {
    try (ApiFixture api = new ApiFixture()) {
      String alive = api.backup(LOGICAL);
      String silent = api.backup(LOGICAL);
      JobCommand.RunJob run = api.worker().awaitRun(alive, 1);
      api.worker().awaitRun(silent, 1);
      api.worker().say(new JobEvent.Accepted(api.worker().header(alive, 1, LEASE)));
      api.worker().say(new JobEvent.Accepted(api.worker().header(silent, 1, LEASE)));
      await().until(() -> state(silent).equals("RUNNING"));
      broker.accept(false);
      // Several leases, and longer than a command may wait to be accepted.
      await()
          .during(Duration.ofSeconds(8))
          .atMost(Duration.ofSeconds(10))
          .until(() -> state(alive).equals("RUNNING") && job(alive).getInt("attempt") == 1);
      broker.accept(true);
      api.worker().succeed(alive, 1, new JobResult.BackedUp(Manifests.of(run, "LOGICAL", 1), null));
      await().atMost(Duration.ofSeconds(30)).until(() -> job(alive).getBoolean("done"));

      assertThat(job(alive).getString("outcome")).isEqualTo("SUCCEEDED");
      assertThat(job(alive).getInt("attempt")).isEqualTo(1);
      // Both groups of consumers have to find each other again first.
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> "LOST".equals(job(silent).getString("attempts[0].outcome")));
      api.worker().awaitRun(silent, 2);
    }
  }

  @Test
  void cancelsAtOnceWhileTheBrokerIsDown() {
    try (ApiFixture api = new ApiFixture()) {
      String before = api.backup(LOGICAL);
      api.worker().awaitRun(before, 1);
      broker.accept(false);
      String id = api.backup(LOGICAL);
      await().until(() -> job(id).getList("attempts").size() == 1);
      long asked = System.nanoTime();
      admin().post("/api/v1/jobs/" + id + "/cancellations").then().statusCode(202);
      Duration answered = Duration.ofNanos(System.nanoTime() - asked);
      broker.accept(true);

      // A send gives up after eight seconds.
      assertThat(answered).isLessThan(Duration.ofSeconds(3));
      assertThat(state(id)).isEqualTo("CANCELLED");
    }
  }
}
