package io.holdfast.api.notification;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.model.wire.Wire;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What needs no service: routes, signatures, addresses and the form of a notice. */
class RouteTest {
  private static final Notice GAP =
      new Notice(
          "01999999-9999-7999-8999-999999999999",
          "GAP_FOUND",
          Severity.CRITICAL,
          Instant.parse("2026-11-21T20:00:00Z"),
          "orders-eu",
          "Cluster 'orders-eu': gap found",
          "WAL <of> timeline 1 & more is missing.",
          null,
          "Take a full backup.",
          Map.of("team", "shop"),
          Map.of("timeline", "1"),
          Map.of("cluster", "/api/v1/clusters/orders-eu"));

  @ParameterizedTest
  @CsvSource({
    "GAP_FOUND,       ,         ,         ,     true",
    "JOB_FAILED,      ,         ,         ,     false",
    ",                CRITICAL, ,         ,     true",
    ",                WARNING,  ,         ,     true",
    ",                ,         orders-eu,,     true",
    ",                ,         orders-*, ,     true",
    ",                ,         *-eu,     ,     true",
    ",                ,         orders,   ,     false",
    ",                ,         *-us,     ,     false",
    ",                ,         ,         shop, true",
    ",                ,         ,         bank, false",
    "GAP_FOUND,       CRITICAL, orders-*, shop, true",
    "GAP_FOUND,       CRITICAL, orders-*, bank, false"
  })
  void takesANoticeThatMeetsAllThatIsSaid(
      String kind, String severity, String cluster, String team, boolean taken) {
    Route route =
        new Route(
            kind == null ? null : List.of(kind),
            severity,
            cluster == null ? null : List.of("nobody", cluster),
            team == null ? null : Map.of("team", team));

    assertThat(route.takes(GAP)).isEqualTo(taken);
  }

  /** The example of the specification's reference libraries. */
  @Test
  void signsAsTheSpecificationSays() {
    byte[] body = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);

    assertThat(
            WebhookSignature.of(
                List.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1614265330,
                body))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assertThat(WebhookSignature.of(List.of("old", "new"), "id", 1, body).split(" ")).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "fe80::1",
        "fc00::1",
        "fec0::1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "2001::1",
        "2001:db8::1",
        "ff02::1"
      })
  void callsNoAddressPublicThatIsNot(String address) throws UnknownHostException {
    assertThat(PublicAddress.is(InetAddress.getByName(address))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"9.9.9.9", "100.63.0.1", "172.15.0.1", "2620:fe::fe", "2a00:1450::1"})
  void callsPublicWhatIs(String address) throws UnknownHostException {
    assertThat(PublicAddress.is(InetAddress.getByName(address))).isTrue();
  }

  /** The body of a webhook: never edit it, add the next version. */
  @Test
  void keepsTheFormOfANotice() {
    assertThat(Wire.text(GAP))
        .isEqualTo(
            "{\"type\":\"NOTICE.v1\",\"id\":\"01999999-9999-7999-8999-999999999999\","
                + "\"kind\":\"GAP_FOUND\",\"severity\":\"CRITICAL\",\"at\":\"2026-11-21T20:00:00Z\","
                + "\"cluster\":\"orders-eu\",\"title\":\"Cluster 'orders-eu': gap found\","
                + "\"detail\":\"WAL <of> timeline 1 & more is missing.\","
                + "\"hint\":\"Take a full backup.\",\"labels\":{\"team\":\"shop\"},"
                + "\"details\":{\"timeline\":\"1\"},"
                + "\"links\":{\"cluster\":\"/api/v1/clusters/orders-eu\"}}");
    assertThat(Wire.read(Wire.text(GAP), Notice.class)).isEqualTo(GAP);
  }

  @Test
  void escapesWhatAChatWouldTakeForALinkOrACall() {
    assertThat(NoticeText.chat(GAP))
        .isEqualTo(
            "*[Holdfast CRITICAL] Cluster 'orders-eu': gap found*\n"
                + "WAL &lt;of&gt; timeline 1 &amp; more is missing.\n"
                + "_Look at:_ Take a full backup.\n"
                + "/api/v1/clusters/orders-eu");
  }
}
