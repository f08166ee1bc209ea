package io.holdfast.api.notification;

import static io.holdfast.api.notification.Targets.delivery;
import static io.holdfast.api.notification.Targets.log;
import static io.holdfast.api.notification.Targets.target;
import static io.holdfast.api.testing.ApiFixture.admin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agroal.api.AgroalDataSource;
import io.holdfast.api.metrics.Scrape;
import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.Problem;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Notices to web servers, from what happened to what arrived. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class WebhookTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private final Receiver receiver = new Receiver();

  @Inject DeliveryRelay relay;
  @Inject AgroalDataSource catalog;

  @TestHTTPResource(value = "/", management = true)
  URI management;

  @AfterEach
  void close() {
    receiver.close();
  }

  @Test
  void tellsOfAFailedJobThoseWhoseRoutesTakeIt() {
    try (ApiFixture api = new ApiFixture()) {
      api.declared("\"labels\":{\"team\":\"shop\"},");
      String wanted =
          Targets.webhook(
              receiver.url("/wanted"),
              "[{\"kinds\":[\"JOB_FAILED\"],\"clusters\":[\""
                  + api.cluster()
                  + "\"],\"labels\":{\"team\":\"shop\"},\"minSeverity\":\"CRITICAL\"}]");
      Targets.webhook(receiver.url("/other"), "[{\"labels\":{\"team\":\"bank\"}}]");
      Targets.webhook(receiver.url("/gaps"), "[{\"kinds\":[\"GAP_FOUND\"]}]");
      String job = api.backup("{\"method\":\"LOGICAL\",\"labels\":{\"run\":\"7\"}}");
      api.worker().accept(job, 1);
      api.worker().fail(job, 1, new Problem("SOURCE_FAILED", "pg_dump exited 1", "look", false));
      await().atMost(PATIENCE).until(() -> !receiver.got("/wanted").isEmpty());

      JsonPath told = new JsonPath(receiver.got("/wanted").getFirst().text());
      assertThat(told.getString("type")).isEqualTo("NOTICE.v1");
      assertThat(told.getString("kind")).isEqualTo("JOB_FAILED");
      assertThat(told.getString("severity")).isEqualTo("CRITICAL");
      assertThat(told.getString("cluster")).isEqualTo(api.cluster());
      assertThat(told.getString("title"))
          .isEqualTo("BACKUP of cluster '" + api.cluster() + "' failed");
      assertThat(told.getString("detail")).isEqualTo("pg_dump exited 1");
      assertThat(told.getString("code")).isEqualTo("SOURCE_FAILED");
      assertThat(told.getString("details.jobId")).isEqualTo(job);
      assertThat(told.getString("labels.team")).isEqualTo("shop");
      assertThat(told.getString("labels.run")).isEqualTo("7");
      assertThat(told.getString("links.job")).isEqualTo("/api/v1/jobs/" + job);
      assertThat(receiver.got("/other")).isEmpty();
      assertThat(receiver.got("/gaps")).isEmpty();
      await()
          .atMost(PATIENCE)
          .until(() -> log("?target=" + wanted).getString("items[0].state").equals("DELIVERED"));
      assertThat(log("?target=" + wanted).getString("items[0].answer")).isEqualTo("HTTP 204");
    }
  }

  @Test
  void signsWithTheTimeAndTheIdOfTheDelivery() {
    String id = Targets.test(Targets.webhook(receiver.url("/hook"), null));
    await().atMost(PATIENCE).until(() -> receiver.got().size() == 1);
    Receiver.Got got = receiver.got().getFirst();

    assertThat(got.header("webhook-id")).isEqualTo(id);
    assertThat(got.header("webhook-signature")).isEqualTo(got.signatureBy("hookey"));
    assertThat(Instant.ofEpochSecond(Long.parseLong(got.header("webhook-timestamp"))))
        .isBetween(Instant.now().minusSeconds(60), Instant.now());
    assertThat(got.header("Content-Type")).isEqualTo("application/json");
  }

  @Test
  void triesAgainUnderTheSameIdAndShowsThatItFailed() {
    String target = Targets.webhook(receiver.answering(500, 302, 503, 404).url("/hook"), null);
    String id = Targets.test(target);
    await().atMost(PATIENCE).until(() -> delivery(id).getInt("attempts") == 2);
    JsonPath failing = target(target);
    await().atMost(PATIENCE).until(() -> delivery(id).getBoolean("done"));

    assertThat(failing.getString("standing.state")).isEqualTo("FAILING");
    assertThat(failing.getInt("standing.pending")).isEqualTo(1);
    assertThat(failing.getString("standing.problem.code")).isEqualTo("REFUSED");
    assertThat(failing.getString("standing.problem.detail"))
        .isEqualTo("the webhook answered HTTP 302");
    assertThat(receiver.got("/elsewhere")).isEmpty();
    assertThat(receiver.got("/hook"))
        .hasSize(5)
        .allSatisfy(got -> assertThat(got.header("webhook-id")).isEqualTo(id));
    assertThat(delivery(id).getString("state")).isEqualTo("DELIVERED");
    assertThat(target(target).getString("standing.state")).isEqualTo("WORKING");
    await().atMost(PATIENCE).until(() -> Double.valueOf(0).equals(metric("failing", target)));
    assertThat(metric("failures_total", target)).isEqualTo(4);
    assertThat(metric("pending", target)).isZero();
    assertThat(metric("last_success_timestamp_seconds", target))
        .isGreaterThan(Instant.now().minusSeconds(60).getEpochSecond());
  }

  @Test
  void showsNoFailuresOfATargetThatIsNewAndNothingOfOneThatIsForgotten() {
    String target = Targets.webhook(receiver.url("/hook"), null);
    await()
        .atMost(PATIENCE)
        .until(() -> Double.valueOf(0).equals(metric("failures_total", target)));
    Targets.forget(target);
    await().atMost(PATIENCE).until(() -> metric("failures_total", target) == null);

    Api.problem(admin().get(Targets.PATH + target).then(), 404, "not-found");
  }

  @Test
  void sendsEachDeliveryOnceWhenManyRelaysAreAtIt() {
    String target = Targets.webhook(receiver.url("/hook"), null);
    receiver.beforeAnswer(() -> await().pollDelay(Duration.ofMillis(5)).until(() -> true));
    try (ExecutorService replicas = Executors.newFixedThreadPool(6)) {
      for (int i = 0; i < 30; i++) {
        Targets.test(target);
        replicas.execute(() -> relay.deliverAll(target));
      }
    }
    await()
        .atMost(PATIENCE)
        .until(() -> log("?state=PENDING&target=" + target).getList("items").isEmpty());

    List<String> ids = receiver.got("/hook").stream().map(got -> got.header("webhook-id")).toList();
    assertThat(ids).hasSize(30).doesNotHaveDuplicates();
  }

  /** The connection that holds the row is cut when the message is out: the commit never comes. */
  @Test
  void losesNoneWhenTheServiceDiesBetweenTheAnswerAndTheCommit() {
    AtomicBoolean died = new AtomicBoolean();
    receiver.beforeAnswer(
        () -> {
          if (died.compareAndSet(false, true)) {
            cutConnectionsThatDeliver();
          }
        });
    String id = Targets.test(Targets.webhook(receiver.url("/hook"), null));
    await().atMost(PATIENCE).until(() -> delivery(id).getString("state").equals("DELIVERED"));

    Set<String> ids = new HashSet<>();
    receiver.got("/hook").forEach(got -> ids.add(got.header("webhook-id")));
    assertThat(receiver.got("/hook")).hasSize(2);
    assertThat(ids).containsExactly(id);
    assertThat(delivery(id).getInt("attempts")).isEqualTo(1);
  }

  private void cutConnectionsThatDeliver() {
    try (Connection connection = catalog.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and"
              + " state = 'idle in transaction' and pid in (select pid from pg_locks where relation"
              + " = 'notification_delivery'::regclass and mode = 'RowShareLock')");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void doesNotWaitForOneThatDoesNotAnswerWithTheOthers() {
    receiver.beforeAnswer(() -> await().pollDelay(Duration.ofSeconds(4)).until(() -> true));
    String slow = Targets.webhook(receiver.url("/slow"), null);
    String late = Targets.test(slow);
    try (Receiver quick = new Receiver()) {
      String other = Targets.test(Targets.webhook(quick.url("/hook"), null));
      await().atMost(PATIENCE).until(() -> delivery(other).getBoolean("done"));
      assertThat(delivery(late).getBoolean("done")).isFalse();
    }
    await().atMost(PATIENCE).until(() -> delivery(late).getInt("attempts") > 0);

    assertThat(delivery(late).getString("problem.code")).isEqualTo("TIMED_OUT");
    assertThat(delivery(late).getString("problem.detail"))
        .isEqualTo("the webhook did not answer within 2 s");
    Targets.forget(slow);
  }

  @Test
  void sendsAgainWhatIsOverAsADeliveryOfItsOwn() {
    String target = Targets.webhook(receiver.url("/hook"), null);
    String first = Targets.test(target);
    await().atMost(PATIENCE).until(() -> delivery(first).getBoolean("done"));
    String again =
        admin()
            .post(Targets.DELIVERIES + "/" + first + "/redeliveries")
            .then()
            .statusCode(201)
            .extract()
            .path("id");
    await().atMost(PATIENCE).until(() -> receiver.got("/hook").size() == 2);

    assertThat(again).isNotEqualTo(first);
    assertThat(delivery(again).getString("redeliveryOf")).isEqualTo(first);
    assertThat(delivery(again).getString("noticeId"))
        .isEqualTo(delivery(first).getString("noticeId"));
    assertThat(receiver.got("/hook").get(1).header("webhook-id")).isEqualTo(again);
    assertThat(receiver.got("/hook").get(1).text()).isEqualTo(receiver.got("/hook").get(0).text());
  }

  @Test
  void givesUpWhatWaitsForATargetThatIsForgottenAndKeepsTheLog() {
    String target = Targets.webhook(receiver.answering(500, 500, 500).url("/hook"), null);
    String id = Targets.test(target);
    await().atMost(PATIENCE).until(() -> delivery(id).getInt("attempts") > 0);
    Api.problem(
        admin().post(Targets.DELIVERIES + "/" + id + "/redeliveries").then(),
        409,
        "delivery-pending");
    Targets.forget(target);
    await().atMost(PATIENCE).until(() -> delivery(id).getBoolean("done"));

    assertThat(delivery(id).getString("state")).isEqualTo("FAILED");
    assertThat(delivery(id).getString("problem.code")).isEqualTo("TARGET_FORGOTTEN");
    Api.problem(
        admin().post(Targets.DELIVERIES + "/" + id + "/redeliveries").then(), 404, "not-found");
  }

  @Test
  void pagesAndFiltersTheLog() {
    String target = Targets.webhook(receiver.url("/hook"), null);
    List<String> ids = List.of(Targets.test(target), Targets.test(target), Targets.test(target));
    JsonPath first = log("?limit=2&kind=TEST&target=" + target);
    JsonPath second =
        log("?limit=2&kind=TEST&target=" + target + "&cursor=" + first.getString("nextCursor"));

    assertThat(first.getList("items.id")).isEqualTo(List.of(ids.get(2), ids.get(1)));
    assertThat(second.getList("items.id")).isEqualTo(List.of(ids.get(0)));
    assertThat(second.getString("nextCursor")).isNull();
    assertThat(log("?kind=JOB_FAILED&target=" + target).getList("items")).isEmpty();
    String scoped = Api.key(List.of("viewer"), Api.declaredCluster());
    assertThat(
            Api.with(scoped)
                .get(Targets.DELIVERIES + "?target=" + target)
                .then()
                .statusCode(200)
                .extract()
                .<List<String>>path("items.id"))
        .isEmpty();
    Api.problem(
        Api.with(scoped).get(Targets.DELIVERIES + "/" + ids.get(0)).then(), 404, "not-found");
    Api.problem(Api.with(scoped).get(Targets.PATH).then(), 403, "forbidden");
  }

  /** Null: there is no such series. */
  private Double metric(String name, String target) {
    String text = RestAssured.get(management.resolve("/q/metrics")).asString();
    return Scrape.of(text).value("holdfast_notification_" + name, Map.of("target", target));
  }
}
