package io.holdfast.api.notification;

import static io.holdfast.api.notification.Targets.log;
import static io.holdfast.api.testing.ApiFixture.admin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.schedule.ScheduleTick;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** From a run that nobody asked for to what a web server is told, with three replicas at it. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class MissedRunNoticeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int REPLICAS = 3;

  @Inject ScheduleTick tick;
  @Inject DeliveryRelay relay;

  @Test
  void isToldOnceAtTheDeadlineWhateverNumberOfReplicasLook() throws Exception {
    try (ApiFixture api = new ApiFixture();
        Receiver receiver = new Receiver()) {
      Instant due = declare(api.cluster());
      Instant deadline = due.plus(Duration.ofHours(1));
      String target =
          Targets.webhook(
              receiver.url("/hook"),
              "[{\"kinds\":[\"RUN_MISSED\"],\"clusters\":[\"" + api.cluster() + "\"]}]");

      lookAll(deadline.minusMillis(1), target);
      List<String> before = log("?target=" + target).getList("items.kind");
      lookAll(deadline, target);
      await().atMost(PATIENCE).until(() -> !receiver.got().isEmpty());
      lookAll(deadline.plusSeconds(60), target);
      await()
          .atMost(PATIENCE)
          .until(() -> log("?target=" + target).getBoolean("items.every{it.done}"));

      assertThat(before).isEmpty();
      assertThat(receiver.got()).hasSize(1);
      assertThat(log("?target=" + target).getList("items.state")).containsExactly("DELIVERED");
      Receiver.Got got = receiver.got().getFirst();
      assertThat(got.header("webhook-signature")).isEqualTo(got.signatureBy("hookey"));
      assertThat(got.header("webhook-id"))
          .isEqualTo(log("?target=" + target).getString("items[0].id"));
      JsonPath told = new JsonPath(got.text());
      assertThat(told.getString("kind")).isEqualTo("RUN_MISSED");
      assertThat(told.getString("severity")).isEqualTo("CRITICAL");
      assertThat(told.getString("cluster")).isEqualTo(api.cluster());
      assertThat(Instant.parse(told.getString("at"))).isEqualTo(deadline);
      assertThat(told.getString("code")).isEqualTo("NOT_ASKED");
      assertThat(told.getString("detail"))
          .isEqualTo(
              "The run of schedule 'ci' due at "
                  + due
                  + " was missed. No matching request came until "
                  + deadline
                  + ".");
      assertThat(told.getString("details.schedule")).isEqualTo("ci");
      assertThat(Instant.parse(told.getString("details.dueAt"))).isEqualTo(due);
      Targets.forget(target);
      forget(api.cluster());
    }
  }

  /** Of a schedule that another scheduler should have carried out; when it is due first. */
  private static Instant declare(String cluster) {
    return Instant.parse(
        admin()
            .body(
                "{\"cron\":\"0 3 * * *\",\"kind\":\"BACKUP\",\"backup\":{\"method\":\"LOGICAL\"},"
                    + "\"external\":true,\"deadline\":\"PT1H\"}")
            .put("/api/v1/clusters/" + cluster + "/schedules/ci")
            .then()
            .statusCode(201)
            .extract()
            .<String>path("nextDueAt"));
  }

  /** Clocks of later tests must find nothing of this one. */
  private static void forget(String cluster) {
    admin()
        .header("If-Match", "*")
        .delete("/api/v1/clusters/" + cluster + "/schedules/ci")
        .then()
        .statusCode(204);
  }

  /** Every replica looks at the schedules and sends what waits, all at once. */
  private void lookAll(Instant at, String target) throws Exception {
    Clock clock = Clock.fixed(at, ZoneOffset.UTC);
    CyclicBarrier together = new CyclicBarrier(REPLICAS);
    try (ExecutorService replicas = Executors.newFixedThreadPool(REPLICAS)) {
      List<Future<Integer>> looks = new ArrayList<>();
      for (int i = 0; i < REPLICAS; i++) {
        looks.add(
            replicas.submit(
                () -> {
                  together.await();
                  int decided = tick.run(clock);
                  relay.deliverAll(target);
                  return decided;
                }));
      }
      for (Future<Integer> look : looks) {
        assertThat(look.get()).isNotNegative();
      }
    }
  }
}
