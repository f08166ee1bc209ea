package io.holdfast.api.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ManagementTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TestHTTPResource(value = "/", management = true)
  URI management;

  @Test
  void servesHealthAndMetricsOnTheirOwnPortWithoutAKey() {
    RestAssured.get(management.resolve("/q/health/ready"))
        .then()
        .statusCode(200)
        .body("status", equalTo("UP"));
    RestAssured.get(management.resolve("/q/metrics"))
        .then()
        .statusCode(200)
        .body(containsString("http_server_requests"));
  }

  @Test
  void countsJobsByStateAndSaysHowLongTheOldestHasWaited() {
    try (ApiFixture api = new ApiFixture()) {
      String id = api.backup("{\"method\":\"LOGICAL\"}");
      String queued = "holdfast_jobs{pool=\"" + api.cluster() + "\",state=\"QUEUED\"}";
      String running = "holdfast_jobs{pool=\"" + api.cluster() + "\",state=\"RUNNING\"}";
      String age = "holdfast_jobs_queued_since_timestamp_seconds{pool=\"" + api.cluster() + "\"}";
      // The probe of the cluster's repository waits, too.
      await().atMost(PATIENCE).until(() -> metrics().contains(queued + " 2.0"));
      api.worker().accept(id, 1);
      await().atMost(PATIENCE).until(() -> metrics().contains(running + " 1.0"));

      assertThat(metrics())
          .contains(queued + " 1.0")
          .contains(age)
          .contains("holdfast_events_heard_timestamp_seconds");
    }
  }

  private String metrics() {
    return RestAssured.get(management.resolve("/q/metrics")).asString();
  }

  @Test
  void servesNeitherOnThePortForCallers() {
    Api.problem(RestAssured.get("/q/health").then(), 404, "not-found");
    Api.problem(RestAssured.get("/q/metrics").then(), 404, "not-found");
  }
}
