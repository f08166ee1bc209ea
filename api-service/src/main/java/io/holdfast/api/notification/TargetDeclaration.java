package io.holdfast.api.notification;

import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.ResourceName;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;

/** Refuses what a target's declaration must not say, beyond the form of its fields. */
@ApplicationScoped
class TargetDeclaration {
  @Inject Destinations destinations;

  /**
   * @throws ApiProblem 422
   */
  void require(String name, NotificationTargetRequest request) {
    if (!name.matches(ResourceName.PATTERN)) {
      throw ApiProblem.invalid(
          "name", "must be 1 to 63 lower-case letters, digits and inner hyphens", "Rename it.");
    }
    requireMember(request, "WEBHOOK", "webhook", request.webhook());
    requireMember(request, "MAIL", "mail", request.mail());
    requireMember(request, "CHAT", "chat", request.chat());
    requireMember(request, "HEARTBEAT", "heartbeat", request.heartbeat());
    if (request.webhook() != null) {
      requireUrl("webhook", request.webhook().url(), request.webhook().urlRef());
    }
    if (request.mail() != null) {
      requireMail(request.mail());
    }
    if (request.heartbeat() != null) {
      requireHeartbeat(request);
    }
  }

  private static void requireMember(
      NotificationTargetRequest request, String type, String field, Object member) {
    if ((member != null) != request.type().equals(type)) {
      throw ApiProblem.invalid(
          field,
          member == null ? "is required with type " + type : "needs type " + type,
          "Send exactly the member that type names.");
    }
  }

  private void requireUrl(String member, String url, String urlRef) {
    if ((url == null) == (urlRef == null)) {
      throw ApiProblem.invalid(
          member, "needs exactly one of url and urlRef", "Name a secret when the URL is one.");
    }
    if (url != null) {
      destinations.requireDeclarable(member + ".url", url);
    }
  }

  private void requireMail(MailTarget mail) {
    boolean plain = mail.securityOrDefault().equals("NONE");
    destinations.requireDeclarable("mail.host", mail.host(), mail.portOrDefault(), !plain);
    if ((mail.username() == null) != (mail.passwordRef() == null)) {
      throw ApiProblem.invalid(
          "mail.username", "comes with passwordRef or not at all", "Send both or neither.");
    }
    if (plain && mail.username() != null) {
      throw ApiProblem.invalid(
          "mail.security", "NONE would send the password in the clear", "Use STARTTLS or TLS.");
    }
  }

  private void requireHeartbeat(NotificationTargetRequest request) {
    HeartbeatTarget heartbeat = request.heartbeat();
    requireUrl("heartbeat", heartbeat.url(), heartbeat.urlRef());
    Duration interval = heartbeat.intervalOrDefault();
    if (interval.compareTo(HeartbeatTarget.SHORTEST) < 0
        || interval.compareTo(HeartbeatTarget.LONGEST) > 0) {
      throw ApiProblem.invalid(
          "heartbeat.interval",
          "must be " + HeartbeatTarget.SHORTEST + " to " + HeartbeatTarget.LONGEST,
          "PT1M suits most.");
    }
    if (request.routes() != null) {
      throw ApiProblem.invalid(
          "routes", "a heartbeat has none", "heartbeat.clusters and heartbeat.labels say whose.");
    }
  }
}
