package io.holdfast.api.notification;

import static io.holdfast.api.notification.Targets.delivery;
import static io.holdfast.api.testing.ApiFixture.admin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a target may be declared as, and where a message may go. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class TargetDeclarationTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://hooks.example.com/x",
        "http://127.0.0.1.example.com/",
        "https://user:word@hooks.example.com/",
        "https://hooks.example.com/?token=x",
        "https://hooks.example.com/#x",
        "file:///etc/passwd",
        "https://hooks.example.com:0/",
        "https:///x",
        "hooks"
      })
  void refusesAUrlThatIsNotOneWithTlsAndWithoutSecrets(String url) {
    String name = Api.name("target");
    Api.problem(
            admin()
                .body(
                    "{\"type\":\"WEBHOOK\",\"webhook\":{\"url\":\""
                        + url
                        + "\",\"secretRef\":\"hook-key\"}}")
                .put(Targets.PATH + name)
                .then(),
            422,
            "invalid-request")
        .body("violations[0].field", equalTo("webhook.url"));
    Api.problem(admin().get(Targets.PATH + name).then(), 404, "not-found");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.2/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://localhost/"
      })
  void sendsNothingToAnAddressThatIsNotPublic(String url) {
    String target = Targets.webhook(url, null);
    String id = Targets.test(target);
    await().atMost(PATIENCE).until(() -> delivery(id).getInt("attempts") > 0);

    assertThat(delivery(id).getString("problem.code")).isEqualTo("DESTINATION_REFUSED");
    assertThat(delivery(id).getString("problem.detail"))
        .endsWith("leads to an address that is not public");
    Targets.forget(target);
  }

  @Test
  void saysWhichSecretIsMissing() {
    String target =
        Targets.declared("{\"type\":\"CHAT\",\"chat\":{\"urlRef\":\"nobody-has-this\"}}");
    String id = Targets.test(target);
    await().atMost(PATIENCE).until(() -> delivery(id).getInt("attempts") > 0);

    assertThat(delivery(id).getString("problem.code")).isEqualTo("SECRET_MISSING");
    assertThat(delivery(id).getString("problem.detail"))
        .isEqualTo("there is no secret 'nobody-has-this'");
    Targets.forget(target);
  }

  @Test
  void wantsExactlyTheMemberThatTheTypeNames() {
    refused("{\"type\":\"MAIL\",\"chat\":{\"urlRef\":\"x\"}}", "mail");
    refused("{\"type\":\"WEBHOOK\",\"webhook\":{\"secretRef\":\"x\"}}", "webhook");
    refused("{\"type\":\"HEARTBEAT\",\"heartbeat\":{\"urlRef\":\"x\"},\"routes\":[{}]}", "routes");
    refused(
        "{\"type\":\"HEARTBEAT\",\"heartbeat\":{\"urlRef\":\"x\",\"interval\":\"PT1S\"}}",
        "heartbeat.interval");
  }

  @Test
  void wantsMailServersWithTlsAndPlainAddresses() {
    String mail = "\"host\":\"smtp.example.com\",\"from\":\"a@example.com\"";
    refused(
        "{\"type\":\"MAIL\",\"mail\":{" + mail + ",\"to\":[\"b@e.com\"],\"security\":\"NONE\"}}",
        "mail.host");
    refused(
        "{\"type\":\"MAIL\",\"mail\":{" + mail + ",\"to\":[\"b@e.com\"],\"username\":\"x\"}}",
        "mail.username");
    refused(
        "{\"type\":\"MAIL\",\"mail\":{" + mail + ",\"to\":[\"b@e.com\\r\\nBcc: c@e.com\"]}}",
        "mail.to[0]");
  }

  @Test
  void changesOnlyWhatWasReadAndShowsThePlan() {
    String target = Targets.webhook("https://hooks.example.com/a", null);
    String changed =
        "{\"type\":\"WEBHOOK\",\"webhook\":{\"url\":\"https://hooks.example.com/b\","
            + "\"secretRef\":\"hook-key\"}}";
    Api.problem(
        admin().body(changed).put(Targets.PATH + target).then(), 428, "precondition-required");
    Api.problem(
        admin().header("If-Match", "\"9\"").body(changed).put(Targets.PATH + target).then(),
        412,
        "precondition-failed");
    admin()
        .header("If-Match", "\"1\"")
        .body(changed)
        .put(Targets.PATH + target + "?dryRun=true")
        .then()
        .statusCode(200)
        .body("plan.action", equalTo("UPDATE"))
        .body("plan.changes[0].field", equalTo("webhook.url"))
        .body("plan.changes[0].from", containsString("hooks.example.com/a"));
    admin()
        .header("If-Match", "\"1\"")
        .body(changed)
        .put(Targets.PATH + target)
        .then()
        .statusCode(200)
        .header("ETag", "\"2\"")
        .body("standing.state", equalTo("UNKNOWN"));
  }

  private static void refused(String json, String field) {
    Api.problem(
            admin().body(json).put(Targets.PATH + Api.name("target")).then(),
            422,
            "invalid-request")
        .body("violations[0].field", equalTo(field));
  }
}
