package io.holdfast.api.notification;

import static io.holdfast.api.notification.Targets.delivery;
import static io.holdfast.api.notification.Targets.target;
import static io.holdfast.api.testing.ApiFixture.admin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Observations;
import io.holdfast.api.testing.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Notices to people: mail through a real mail server, and chat. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class PeopleTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private final Receiver receiver = new Receiver();
  private GreenMail mail;

  @BeforeEach
  void start() {
    mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    mail.start();
  }

  @AfterEach
  void close() {
    mail.stop();
    receiver.close();
  }

  @Test
  void mailsAGapToThoseWhoTakeAlarmsOfTheCluster() throws Exception {
    try (ApiFixture api = new ApiFixture()) {
      api.archived("{\"recoveryPointObjective\":\"PT1M\"}", Observations.SYSTEM);
      String target =
          Targets.declared(
              "{\"type\":\"MAIL\","
                  + mail("\"security\":\"NONE\"")
                  + ",\"routes\":[{\"minSeverity\":\"CRITICAL\",\"clusters\":[\""
                  + api.cluster().substring(0, 6)
                  + "*\"]}]}");
      Instant now = Instant.now().minusSeconds(30);
      api.observed(now, "0/980000", 1, 4, 6, 9);
      api.observed(now.plusSeconds(20), "0/980000", 1, 4, 6, 9);
      assertThat(mail.waitForIncomingEmail(PATIENCE.toMillis(), 1)).isTrue();

      MimeMessage got = mail.getReceivedMessages()[0];
      String text = (String) got.getContent();
      assertThat(got.getSubject())
          .isEqualTo("[Holdfast CRITICAL] Cluster '" + api.cluster() + "': gap found");
      assertThat(got.getFrom()[0].toString()).isEqualTo("holdfast@example.com");
      assertThat(got.getAllRecipients()).hasSize(2);
      assertThat(got.getHeader("Auto-Submitted")).containsExactly("auto-generated");
      assertThat(text)
          .startsWith("WAL of timeline 1 from 0/400000 to 0/600000 is missing")
          .contains("Cluster: " + api.cluster())
          .contains("fromLsn: 0/400000");
      String id = Targets.log("?target=" + target + "&kind=GAP_FOUND").getString("items[0].id");
      assertThat(got.getMessageID()).isEqualTo("<" + id + "@holdfast>");
    }
  }

  @Test
  void logsInWhereTheServerAsksForItAndNeverShowsThePassword() throws Exception {
    GreenMailUser user = mail.setUser("holdfast", "word-of-mail");
    assertThat(user.getLogin()).isEqualTo("holdfast");
    mail.getUserManager().setAuthRequired(true);
    secret("mail-word", "word-of-mail");
    // A login goes nowhere without TLS, and this server has none.
    String target =
        Targets.declared(
            "{\"type\":\"MAIL\","
                + mail("\"username\":\"holdfast\",\"passwordRef\":\"mail-word\"")
                + "}");
    String id = Targets.test(target);
    await().atMost(PATIENCE).until(() -> delivery(id).getInt("attempts") > 0);

    assertThat(delivery(id).getString("state")).isEqualTo("PENDING");
    assertThat(delivery(id).getString("problem.code")).isEqualTo("UNREACHABLE");
    assertThat(mail.getReceivedMessages()).isEmpty();
    assertThat(target(target).prettify()).doesNotContain("word-of-mail");
    assertThat(delivery(id).prettify()).doesNotContain("word-of-mail");
    Targets.forget(target);
  }

  @Test
  void writesToAChatAndNeverShowsTheAddressOfTheRoom() throws Exception {
    secret("room", receiver.answering(500).url("/services/T0/B0/verysecret?x=<1>"));
    secret("room", receiver.url("/services/T0/B0/verysecret"));
    String target = Targets.declared("{\"type\":\"CHAT\",\"chat\":{\"urlRef\":\"room\"}}");
    String id = Targets.test(target);
    await().atMost(PATIENCE).until(() -> delivery(id).getInt("attempts") == 1);
    String failing = target(target).prettify() + delivery(id).prettify();
    await().atMost(PATIENCE).until(() -> delivery(id).getBoolean("done"));

    assertThat(failing).contains("HTTP 500").doesNotContain("verysecret");
    assertThat(target(target).prettify()).contains("room").doesNotContain("verysecret");
    assertThat(admin().get("/api/v1/audit?limit=200").asString()).doesNotContain("verysecret");
    assertThat(new JsonPath(receiver.got().getLast().text()).getString("text"))
        .startsWith("*[Holdfast INFO] A test message*\nKey bootstrapkey asked for it");
  }

  private String mail(String more) {
    return "\"mail\":{\"host\":\"127.0.0.1\",\"port\":"
        + mail.getSmtp().getPort()
        + ",\"from\":\"holdfast@example.com\",\"to\":[\"dba@example.com\",\"ops@example.com\"],"
        + more
        + "}";
  }

  private static void secret(String name, String value) throws IOException {
    Path folder = Path.of(ApiFixture.config(StackResource.SECRETS));
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(name), value + "\n");
  }
}
