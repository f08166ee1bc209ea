package io.holdfast.api.job;

import static io.holdfast.api.testing.ApiFixture.job;
import static io.holdfast.api.testing.ApiFixture.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Manifests;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class DispatchLatencyTest {
  private static final Logger LOG = Logger.getLogger(DispatchLatencyTest.class);
  private static final int WARM_UP = 10;
  private static final int MEASURED = 30;

  /** The service ticks once a second: a tick anywhere on the way would make the median 500 ms. */
  private static final Duration NO_TICK = Duration.ofMillis(250);

  @Test
  void letsAWorkerStartWithoutWaitingForATick() {
    try (ApiFixture api = new ApiFixture()) {
      api.worker()
          .onRun(
              run -> {
                if (run.spec() instanceof JobSpec.Backup) {
                  answer(api, run);
                }
              });
      List<Duration> waits = new ArrayList<>();
      for (int i = 0; i < WARM_UP + MEASURED; i++) {
        String id = api.backup("{\"method\":\"LOGICAL\"}");
        await().pollInterval(Duration.ofMillis(20)).until(() -> state(id).equals("SUCCEEDED"));
        JsonPath done = job(id);
        waits.add(
            Duration.between(
                Instant.parse(done.getString("createdAt")),
                Instant.parse(done.getString("attempts[0].startedAt"))));
      }
      List<Duration> measured = new ArrayList<>(waits.subList(WARM_UP, waits.size()));
      Collections.sort(measured);
      LOG.infof("from request to Started: median %s of %s", measured.get(MEASURED / 2), measured);

      assertThat(measured.get(MEASURED / 2)).isLessThan(NO_TICK);
    }
  }

  private static void answer(ApiFixture api, JobCommand.RunJob run) {
    String id = run.jobId().value();
    api.worker().accept(id, 1);
    api.worker().succeed(id, 1, new JobResult.BackedUp(Manifests.of(run, "LOGICAL", 1), null));
  }
}
