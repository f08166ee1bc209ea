package io.holdfast.api.notification;

import io.holdfast.api.secret.Secrets;
import io.holdfast.model.wire.Wire;
import io.vertx.core.http.HttpMethod;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** Sends one message the way its target is declared. Blocks for some seconds at most. */
@ApplicationScoped
class Senders {
  private static final String AGENT = "holdfast";
  private static final String JSON = "application/json";

  @Inject OutgoingHttp http;
  @Inject Mailer mailer;
  @Inject Secrets secrets;
  @Inject Clock clock;

  /**
   * @return what the other side said to it, in a word
   * @throws NotSent also when it may have arrived
   */
  String send(NotificationTargetRequest target, String deliveryId, Notice notice) throws NotSent {
    if (target.mail() != null) {
      return mailer.send(target.mail(), deliveryId, notice);
    }
    return target.chat() != null
        ? chat(target.chat(), deliveryId, notice)
        : webhook(target.webhook(), deliveryId, notice);
  }

  String ping(HeartbeatTarget target, String pingId) throws NotSent {
    String url = url(target.url(), target.urlRef());
    Map<String, String> headers = Map.of("User-Agent", AGENT, "webhook-id", pingId);
    return "HTTP " + http.send(HttpMethod.GET, "the heartbeat's receiver", url, headers, null);
  }

  private String webhook(WebhookTarget target, String deliveryId, Notice notice) throws NotSent {
    List<String> keys = secrets.lines(target.secretRef());
    if (keys.isEmpty()) {
      throw NotSent.noSecret(target.secretRef());
    }
    byte[] body = Wire.bytes(notice);
    long timestamp = clock.instant().getEpochSecond();
    Map<String, String> headers =
        Map.of(
            "Content-Type", JSON,
            "User-Agent", AGENT,
            "webhook-id", deliveryId,
            "webhook-timestamp", Long.toString(timestamp),
            "webhook-signature", WebhookSignature.of(keys, deliveryId, timestamp, body));
    String url = url(target.url(), target.urlRef());
    return "HTTP " + http.send(HttpMethod.POST, "the webhook", url, headers, body);
  }

  private String chat(ChatTarget target, String deliveryId, Notice notice) throws NotSent {
    byte[] body = Wire.bytes(Map.of("text", NoticeText.chat(notice)));
    Map<String, String> headers =
        Map.of("Content-Type", JSON, "User-Agent", AGENT, "webhook-id", deliveryId);
    return "HTTP "
        + http.send(HttpMethod.POST, "the chat", url(null, target.urlRef()), headers, body);
  }

  private String url(String url, String urlRef) throws NotSent {
    return url != null ? url : secrets.find(urlRef).orElseThrow(() -> NotSent.noSecret(urlRef));
  }
}
