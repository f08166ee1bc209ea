package io.holdfast.api.trace;

import static io.holdfast.api.testing.ApiFixture.admin;
import static io.holdfast.api.testing.ApiFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

/** One id for a request, its problem, its job and its audit row, where nobody records traces. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class TraceTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  @Test
  void recordsNothingWithoutAnEndpoint() {
    assertThat(ConfigProvider.getConfig().getValue("quarkus.otel.sdk.disabled", Boolean.class))
        .isTrue();
  }

  @Test
  void givesAJobTheTraceOfTheCaller() {
    try (ApiFixture api = new ApiFixture()) {
      Response answer =
          admin()
              .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
              .body("{\"method\":\"LOGICAL\"}")
              .post("/api/v1/clusters/" + api.cluster() + "/backups");
      String id = answer.jsonPath().getString("id");

      assertThat(answer.jsonPath().getString("traceId")).isEqualTo(TRACE);
      assertThat(answer.header("X-Request-Id")).isEqualTo(TRACE);
      api.worker().awaitRun(id, 1);
      assertThat(job(id).getString("traceId")).isEqualTo(TRACE);
    }
  }

  @Test
  void givesAJobTheIdOfARequestThatSendsNone() {
    try (ApiFixture api = new ApiFixture()) {
      Response answer =
          admin()
              .body("{\"method\":\"LOGICAL\"}")
              .post("/api/v1/clusters/" + api.cluster() + "/backups");

      assertThat(answer.jsonPath().getString("traceId"))
          .isEqualTo(answer.header("X-Request-Id"))
          .matches("[0-9a-f]{32}");
    }
  }

  @Test
  void takesNoTraceThatIsNotOne() {
    for (String odd : new String[] {"00-" + "0".repeat(32) + "-00f067aa0ba902b7-01", "x\"y"}) {
      Api.problem(
              admin().header("traceparent", odd).get("/api/v1/jobs/none").then(), 404, "not-found")
          .header("X-Request-Id", matchesPattern("(?!0{32})[0-9a-f]{32}"));
    }
    Api.problem(
            admin()
                .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
                .get("/api/v1/jobs/none")
                .then(),
            404,
            "not-found")
        .body("traceId", equalTo(TRACE));
  }
}
