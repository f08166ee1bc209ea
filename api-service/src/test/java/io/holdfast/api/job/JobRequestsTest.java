package io.holdfast.api.job;

import static io.holdfast.api.testing.ApiFixture.admin;
import static io.holdfast.api.testing.ApiFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Manifests;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.event.JobEvent;
import io.holdfast.model.job.JobResult;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class JobRequestsTest {
  private static final String LOGICAL = "{\"method\":\"LOGICAL\"}";

  @TestHTTPResource("/")
  URI root;

  @Inject EntityManager entities;

  private ApiFixture api;

  @BeforeEach
  void declare() {
    api = new ApiFixture();
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void startsOneJobForTheSameKeyAndRefusesTheKeyForAnotherBody() {
    String key = UUID.randomUUID().toString();
    Response first = post(key, LOGICAL);
    Response second = post(key, LOGICAL);
    Response other = post(key, "{\"method\":\"PHYSICAL\"}");

    assertThat(first.statusCode()).isEqualTo(202);
    assertThat(second.jsonPath().getString("id")).isEqualTo(first.jsonPath().getString("id"));
    assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(other.statusCode()).isEqualTo(422);
  }

  @Test
  void refusesAKeyWhoseRequestIsBeingCarriedOut() {
    String key = UUID.randomUUID().toString();
    String name =
        String.join("\n", "bootstrapkey", "POST /clusters/" + api.cluster() + "/backups", key);
    Response inFlight =
        QuarkusTransaction.requiringNew()
            .call(
                () -> {
                  // The lock that a request holds until its transaction ends.
                  entities
                      .createNativeQuery(
                          "select 1 from (select pg_advisory_xact_lock(hashtextextended(:n, 11))) l")
                      .setParameter("n", name)
                      .getSingleResult();
                  return post(key, LOGICAL);
                });

    assertThat(inFlight.statusCode()).isEqualTo(409);
    assertThat(inFlight.jsonPath().getString("code")).isEqualTo("request-in-flight");
    assertThat(post(key, LOGICAL).statusCode()).isEqualTo(202);
    admin().get("/api/v1/jobs?cluster=" + api.cluster()).then().body("items.size()", equalTo(1));
  }

  @Test
  void answersAWaitWith202WhileItRunsAnd200OnceItSucceeded() {
    String id = api.backup(LOGICAL);
    JobCommand.RunJob run = api.worker().awaitRun(id, 1);
    admin().get("/api/v1/jobs/" + id + "/outcome?wait=1").then().statusCode(202);
    Response pending = admin().get("/api/v1/jobs/" + id + "/outcome?pending=503");
    api.worker().accept(id, 1);
    api.worker().succeed(id, 1, new JobResult.BackedUp(Manifests.of(run, "LOGICAL", 1), null));

    assertThat(pending.statusCode()).isEqualTo(503);
    assertThat(pending.header("Retry-After")).isNotNull();
    admin().get("/api/v1/jobs/" + id + "/outcome?wait=10").then().statusCode(200);
  }

  @Test
  void resumesTheStreamAfterTheLastEventIdAndEndsItWithTheJob() throws Exception {
    String id = api.backup(LOGICAL);
    JobCommand.RunJob run = api.worker().awaitRun(id, 1);
    api.worker().accept(id, 1);
    api.worker().say(new JobEvent.Progressed(api.worker().header(id, 1), "DUMPING", 5, 10L, 5));
    api.worker().succeed(id, 1, new JobResult.BackedUp(Manifests.of(run, "LOGICAL", 1), null));
    List<String> all = stream(id, "0");
    List<String> rest = stream(id, "5");

    assertThat(ids(all)).isEqualTo(List.of("1", "2", "3", "4", "5", "6", "7"));
    assertThat(ids(rest)).isEqualTo(List.of("6", "7"));
  }

  @Test
  void neverRepeatsARestore() {
    String id = api.backup(LOGICAL);
    JobCommand.RunJob run = api.worker().awaitRun(id, 1);
    api.worker().accept(id, 1);
    api.worker().succeed(id, 1, new JobResult.BackedUp(Manifests.of(run, "LOGICAL", 1), null));
    await().until(() -> job(id).getBoolean("done"));
    String restore =
        admin()
            .body(
                "{\"latestOf\":\"" + api.cluster() + "\",\"logical\":{\"databases\":[\"orders\"]}}")
            .post("/api/v1/restores")
            .then()
            .statusCode(202)
            .extract()
            .path("id");
    api.worker().awaitRun(restore, 1);
    api.worker()
        .say(new JobEvent.Accepted(api.worker().header(restore, 1, Duration.ofMillis(300))));
    await().atMost(Duration.ofSeconds(15)).until(() -> job(restore).getBoolean("done"));

    assertThat(job(restore).getString("problem.code")).isEqualTo("WORKER_LOST");
    assertThat(api.worker().runsOf(restore)).isEqualTo(1);
  }

  @Test
  void saysEverythingThatIsWrongWithARequest() {
    Response answer =
        post(
            null,
            "{\"method\":\"LOGICAL\",\"physical\":{},\"deadline\":\"soon\","
                + "\"logical\":{\"jobs\":4,\"format\":\"ZIP\"}}");

    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.jsonPath().getList("violations.field"))
        .asList()
        .contains("physical", "deadline", "logical.format", "logical.jobs");
    assertThat(post(null, "{\"method\":\"LOGICAL\",\"colour\":1}").statusCode()).isEqualTo(422);
  }

  private Response post(String key, String body) {
    var request = admin().body(body);
    if (key != null) {
      request.header("Idempotency-Key", key);
    }
    return request.post("/api/v1/clusters/" + api.cluster() + "/backups");
  }

  private List<String> stream(String id, String lastEventId) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(root.resolve("/api/v1/jobs/" + id + "/events"))
            .header("Authorization", "Bearer " + StackResource.ADMIN_KEY)
            .header("Accept", "text/event-stream")
            .header("Last-Event-ID", lastEventId)
            .timeout(Duration.ofSeconds(20))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.ofLines()).body().toList();
    }
  }

  private static List<String> ids(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith("id:"))
        .map(line -> line.substring(3).strip())
        .toList();
  }
}
