package io.holdfast.api.testing;

import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.net.URI;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ManagementTest {
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
  void servesNeitherOnThePortForCallers() {
    Api.problem(RestAssured.get("/q/health").then(), 404, "not-found");
    Api.problem(RestAssured.get("/q/metrics").then(), 404, "not-found");
  }
}
