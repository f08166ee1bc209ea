package io.holdfast.api.metrics;

import static io.holdfast.api.testing.ApiFixture.admin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.repository.Capabilities;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is shown of a repository, beside what lies in it by the catalog. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class RepositoryMetricsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String EXPIRY = "certificate_expiry_timestamp_seconds";

  @TestHTTPResource(value = "/", management = true)
  URI management;

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
  void saysWhenTheCertificateExpiresThatTheLastProbeSaw() {
    Instant expires = Instant.parse("2030-01-02T03:04:05Z");
    awaitValue(EXPIRY, 0);
    probed(expires);

    awaitValue(EXPIRY, expires.getEpochSecond());
    assertThat(shown("capabilities.certificateExpiresAt")).isEqualTo(expires.toString());
  }

  @Test
  void saysWhenTheCertificateOfTheServiceItselfExpires() {
    awaitValue(EXPIRY, 0);

    assertThat(scrape().value("holdfast_api_certificate_expiry_timestamp_seconds", Map.of()))
        .as("made for 30 days when this test run began")
        .isBetween(
            Instant.now().plus(Duration.ofDays(29)).getEpochSecond() + 0.0,
            Instant.now().plus(Duration.ofDays(30)).getEpochSecond() + 0.0);
  }

  @Test
  void saysHowMuchLiesThereByTheLastScanAndSinceAndHowMuchMay() {
    declared(",\"capacityBytes\":1000000").body("capacityBytes", Matchers.equalTo(1000000));
    awaitValue("capacity_bytes", 1_000_000);
    Instant scanned = Instant.now();
    String before = api.physical("0/220000", "0/240000", scanned.minusSeconds(60));
    double alone = awaitStored(0);
    awaitValue("used_bytes", alone);

    scan(scanned, 500_000);
    awaitValue("used_bytes", 500_000);
    String after = api.physical("0/320000", "0/340000", scanned.plusSeconds(60));
    double both = awaitStored(alone);

    assertThat(before).isNotEqualTo(after);
    awaitValue("used_bytes", 500_000 + both - alone);
    assertThat(value("capacity_bytes")).isEqualTo(1_000_000);
  }

  @Test
  void keepsWhatAProbeFoundWhenOnlyTheCapacityChanges() {
    Instant expires = Instant.parse("2030-01-02T03:04:05Z");
    probed(expires);
    await().atMost(PATIENCE).until(() -> shown("capabilities.certificateExpiresAt") != null);

    declared(",\"capacityBytes\":5");

    assertThat(shown("capabilities.certificateExpiresAt")).isEqualTo(expires.toString());
  }

  @Test
  void refusesToHoldNothing() {
    String body =
        "{\"type\":\"FILESYSTEM\",\"filesystem\":{\"path\":\"/var/backups\"},\"capacityBytes\":0}";

    Api.problem(
            admin()
                .header("If-Match", "*")
                .body(body)
                .put("/api/v1/repositories/" + api.cluster())
                .then(),
            422,
            "invalid-request")
        .body("violations[0].field", Matchers.equalTo("capacityBytes"));
  }

  /** The fixture's repository again. */
  private ValidatableResponse declared(String members) {
    return admin()
        .header("If-Match", "*")
        .body(
            "{\"type\":\"FILESYSTEM\",\"pool\":\""
                + api.cluster()
                + "\",\"filesystem\":{\"path\":\"/var/backups\"}"
                + members
                + "}")
        .put("/api/v1/repositories/" + api.cluster())
        .then()
        .statusCode(200);
  }

  private void probed(Instant certificateExpiresAt) {
    String probe = declared("").extract().path("probe.jobId");
    api.worker().awaitRun(probe, 1);
    api.worker().accept(probe, 1);
    api.worker()
        .succeed(
            probe,
            1,
            new JobResult.Probed(
                new Capabilities(true, true, true, true, null, true, certificateExpiresAt),
                List.of()));
  }

  private void scan(Instant listedAt, long bytes) {
    String id =
        admin()
            .post("/api/v1/repositories/" + api.cluster() + "/scans")
            .then()
            .statusCode(202)
            .extract()
            .path("id");
    api.worker().awaitRun(id, 1);
    api.worker().accept(id, 1);
    api.worker()
        .succeed(id, 1, new JobResult.Scanned(api.cluster(), listedAt, 0, 9, bytes, 0, 0, 0));
  }

  private String shown(String member) {
    return admin()
        .get("/api/v1/repositories/" + api.cluster())
        .then()
        .statusCode(200)
        .extract()
        .path(member);
  }

  /** Awaits more than there was; how much there is. */
  private double awaitStored(double before) {
    await()
        .atMost(PATIENCE)
        .until(() -> value("stored_bytes") != null && value("stored_bytes") > before);
    return value("stored_bytes");
  }

  private void awaitValue(String metric, double wanted) {
    await().atMost(PATIENCE).until(() -> Double.valueOf(wanted).equals(value(metric)));
  }

  /** Null: there is no such series. */
  private Double value(String metric) {
    return scrape().value("holdfast_repository_" + metric, Map.of("repository", api.cluster()));
  }

  private Scrape scrape() {
    return Scrape.of(
        RestAssured.given()
            .header("Accept", Scrape.FORMAT)
            .get(management.resolve("/q/metrics"))
            .asString());
  }
}
