package io.holdfast.api.notification;

import static io.holdfast.api.notification.Targets.delivery;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.StackResource;
import io.holdfast.embedded.s3.ServerCertificate;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mail and webhooks over TLS, with certificates that the test makes. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class TlsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String UNKNOWN = " is vouched for by nobody whom this service trusts";

  @TempDir Path folder;
  private GreenMail mail;

  @BeforeEach
  void start() {
    mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    mail.start();
    GreenMailUser user = mail.setUser("holdfast", "mail-word");
    assertThat(user.getLogin()).isEqualTo("holdfast");
    mail.getUserManager().setAuthRequired(true);
  }

  @AfterEach
  void close() {
    mail.stop();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLS", "STARTTLS"})
  void mailsWithALogin(String security) throws Exception {
    try (TlsFront front = front(security, trusted())) {
      String id = Targets.test(mail(security, "127.0.0.1", front));
      assertThat(mail.waitForIncomingEmail(PATIENCE.toMillis(), 1)).isTrue();
      await().atMost(PATIENCE).until(() -> delivery(id).getBoolean("done"));

      assertThat(delivery(id).getString("state")).isEqualTo("DELIVERED");
      assertThat(delivery(id).getString("answer")).isEqualTo("taken by 127.0.0.1");
      assertThat(mail.getReceivedMessages()[0].getMessageID()).isEqualTo("<" + id + "@holdfast>");
      assertThat(front.passedOn()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLS", "STARTTLS"})
  void mailsNothingToAServerWhoseCertificateNobodyVouchesForAndSaysSo(String security) {
    try (TlsFront front = front(security, unknown())) {
      String target = mail(security, "127.0.0.1", front);
      String id = Targets.test(target);
      await().atMost(PATIENCE).until(() -> delivery(id).getInt("attempts") > 0);
      Targets.forget(target);

      assertThat(delivery(id).getString("problem.code")).isEqualTo("CERTIFICATE_REFUSED");
      assertThat(delivery(id).getString("problem.detail"))
          .isEqualTo("the certificate of mail server '127.0.0.1:" + front.port() + "'" + UNKNOWN);
      assertThat(delivery(id).getString("problem.hint"))
          .contains("holdfast.notifications.certificate-authority-file");
      assertThat(front.passedOn()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLS", "STARTTLS"})
  void mailsNothingToAServerWhoseCertificateIsForAnotherName(String security) {
    try (TlsFront front = front(security, trusted())) {
      String target = mail(security, "127.0.0.3", front);
      String id = Targets.test(target);
      await().atMost(PATIENCE).until(() -> delivery(id).getInt("attempts") > 0);
      Targets.forget(target);

      assertThat(delivery(id).getString("problem.detail"))
          .isEqualTo(
              "the certificate of mail server '127.0.0.3:"
                  + front.port()
                  + "' is not for this name");
      assertThat(front.passedOn()).isZero();
    }
  }

  @Test
  void saysThatALoginIsNotTaken() {
    GreenMailUser changed = mail.setUser("holdfast", "another");
    assertThat(changed.getPassword()).isEqualTo("another");
    try (TlsFront front = front("TLS", trusted())) {
      String target = mail("TLS", "127.0.0.1", front);
      String id = Targets.test(target);
      await().atMost(PATIENCE).until(() -> delivery(id).getInt("attempts") > 0);
      Targets.forget(target);

      assertThat(delivery(id).getString("problem.code")).isEqualTo("REFUSED");
      assertThat(delivery(id).getString("problem.detail"))
          .endsWith("answered that it does not take the login");
    }
  }

  @Test
  void postsToAWebServerWithTheAuthorityThatItIsGiven() {
    try (Receiver receiver = new Receiver(trusted())) {
      String id = Targets.test(Targets.webhook(receiver.url("/hook"), null));
      await().atMost(PATIENCE).until(() -> delivery(id).getBoolean("done"));

      assertThat(delivery(id).getString("answer")).isEqualTo("HTTP 204");
    }
  }

  @Test
  void postsNothingToAWebServerWhoseCertificateNobodyVouchesForAndSaysSo() {
    try (Receiver receiver = new Receiver(unknown())) {
      String target = Targets.webhook(receiver.url("/hook"), null);
      String id = Targets.test(target);
      await().atMost(PATIENCE).until(() -> delivery(id).getInt("attempts") > 0);
      Targets.forget(target);

      assertThat(delivery(id).getString("problem.code")).isEqualTo("CERTIFICATE_REFUSED");
      assertThat(delivery(id).getString("problem.detail"))
          .isEqualTo("the certificate of the webhook" + UNKNOWN);
      assertThat(receiver.got()).isEmpty();
    }
  }

  private TlsFront front(String security, SSLContext certificate) {
    return new TlsFront(certificate, security.equals("TLS"), mail.getSmtp().getPort());
  }

  private static SSLContext trusted() {
    return TlsFront.tls(
        Path.of(ApiFixture.config(StackResource.TRUSTED_KEY_STORE)), ServerCertificate.PASSWORD);
  }

  private SSLContext unknown() {
    return TlsFront.tls(ServerCertificate.in(folder).keyStore(), ServerCertificate.PASSWORD);
  }

  /** Its routes take nothing that other tests do. */
  private static String mail(String security, String host, TlsFront front) {
    return Targets.declared(
        "{\"type\":\"MAIL\",\"mail\":{\"host\":\""
            + host
            + "\",\"port\":"
            + front.port()
            + ",\"security\":\""
            + security
            + "\",\"username\":\"holdfast\",\"passwordRef\":\"mail-login\""
            + ",\"from\":\"holdfast@example.com\",\"to\":[\"dba@example.com\"]}"
            + ",\"routes\":[{\"kinds\":[\"NOBODY_SAYS_THIS\"]}]}");
  }
}
