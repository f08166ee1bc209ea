package io.holdfast.api.notification;

import static io.holdfast.api.notification.Targets.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.recoverability.BreachedClusters;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Observations;
import io.holdfast.api.testing.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Silence is the alarm. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class HeartbeatTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private final Receiver receiver = new Receiver();

  @Inject BreachedClusters breaches;

  @AfterEach
  void close() {
    receiver.close();
  }

  @Test
  void beatsWhileTheClustersThatItCoversMeetTheirRecoveryPointsAndNotOtherwise() {
    try (ApiFixture api = new ApiFixture()) {
      api.archived("{\"recoveryPointObjective\":\"PT1M\"}", Observations.SYSTEM);
      Instant now = Instant.now();
      api.physical("0/220000", "0/240000", now.minusSeconds(600));
      api.observed(now.minusSeconds(300), "0/880000", 1, 8);
      api.observed(now.minusSeconds(280), "0/980000", 1, 9);
      // A cluster is judged by the last look at the catalog, which may be of before it was there.
      await().atMost(PATIENCE).until(() -> breaches.names().contains(api.cluster()));
      String covers = heartbeat("/covers", api.cluster());
      String others = heartbeat("/others", "nobody-*");
      await().atMost(PATIENCE).until(() -> !receiver.got("/others").isEmpty());
      await()
          .atMost(PATIENCE)
          .until(() -> "WITHHELD".equals(target(covers).getString("standing.state")));

      assertThat(target(covers).getString("standing.withheldBecause"))
          .isEqualTo("More may be lost than allowed: " + api.cluster() + ".");
      assertThat(receiver.got("/covers")).isEmpty();
      assertThat(receiver.got("/others").getFirst().method()).isEqualTo("GET");
      await()
          .atMost(PATIENCE)
          .until(() -> "WORKING".equals(target(others).getString("standing.state")));

      api.observed(now.minusSeconds(20), "0/A80000", 1, 10);
      api.observed(Instant.now(), "0/B80000", 1, 11);
      await().atMost(PATIENCE).until(() -> !receiver.got("/covers").isEmpty());
      await()
          .atMost(PATIENCE)
          .until(() -> "WORKING".equals(target(covers).getString("standing.state")));
      assertThat(target(covers).getString("standing.withheldBecause")).isNull();
      Targets.forget(covers);
      Targets.forget(others);
    }
  }

  @Test
  void isSeenToFailAndTriesAgainSoon() {
    receiver.answering(500, 500);
    String name = heartbeat("/beat", "nobody");
    await().atMost(PATIENCE).until(() -> receiver.got("/beat").size() == 3);

    await()
        .atMost(PATIENCE)
        .until(() -> "WORKING".equals(target(name).getString("standing.state")));
    assertThat(target(name).getInt("standing.failures")).isZero();
    Targets.forget(name);
  }

  private String heartbeat(String path, String cluster) {
    return Targets.declared(
        "{\"type\":\"HEARTBEAT\",\"heartbeat\":{\"url\":\""
            + receiver.url(path)
            + "\",\"interval\":\"PT1M\",\"clusters\":[\""
            + cluster
            + "\"]}}");
  }
}
