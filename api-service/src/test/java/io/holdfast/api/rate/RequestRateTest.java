package io.holdfast.api.rate;

import static io.holdfast.api.testing.Api.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
@TestProfile(RequestRateTest.Slow.class)
class RequestRateTest {
  /** One request a second, after five at once. */
  public static final class Slow implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "holdfast.rate-limit.requests-per-second", "1", "holdfast.rate-limit.burst", "5");
    }
  }

  @Test
  void answers429WithRetryAfterToTheKeyThatAskedTooOftenAndToNoOther() {
    String busy = Api.key(List.of("viewer"));
    String quiet = Api.key(List.of("viewer"));
    List<Response> answers =
        IntStream.range(0, 10).mapToObj(i -> Api.with(busy).get("/api/v1/clusters")).toList();

    assertThat(answers).extracting(Response::statusCode).contains(200, 429);
    problem(answers.getLast().then(), 429, "too-many-requests").header("Retry-After", equalTo("1"));
    Api.with(quiet).get("/api/v1/clusters").then().statusCode(200);
  }

  @Test
  void doesNotCountWhatIsRefusedForItsKey() {
    for (int i = 0; i < 10; i++) {
      problem(Api.with("hfk_nobody").get("/api/v1/clusters").then(), 401, "unauthenticated");
    }
  }
}
