package io.holdfast.api.audit;

import io.holdfast.api.access.BearerKeyMechanism;
import io.holdfast.api.problem.RequestTrace;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * A row to be. Never holds a query string, a header or a body.
 *
 * @param status null in a change and in an alarm
 */
record AuditEntry(
    String kind,
    Instant at,
    String keyId,
    String method,
    String operation,
    String target,
    Integer status,
    String traceId) {
  /** Under which a request carries the operation that it was routed to. */
  static final String OPERATION = "holdfast.operation";

  private static final int MAX_TARGET = 300;

  /** A whole key that somebody put into a path by mistake. */
  private static final Pattern SECRET = Pattern.compile("hfk_([^_/]{0,12})_[^/]*");

  static AuditEntry of(String kind, Instant at, RoutingContext request, Integer status) {
    return new AuditEntry(
        kind,
        at,
        request.get(BearerKeyMechanism.KEY_ID),
        bounded(request.request().method().name(), 20),
        request.get(OPERATION),
        target(request.request().path()),
        status,
        RequestTrace.of(request));
  }

  /** One of several changes that a request makes, as if an operation of its own had made it. */
  static AuditEntry part(Instant at, RoutingContext request, String operation, String path) {
    return new AuditEntry(
        "CHANGE",
        at,
        request.get(BearerKeyMechanism.KEY_ID),
        bounded(request.request().method().name(), 20),
        operation,
        target(path),
        null,
        RequestTrace.of(request));
  }

  /** Something that no request caused; {@code eventId} leads to what was reported. */
  static AuditEntry alarm(Instant at, String operation, String target, String eventId) {
    return new AuditEntry(
        "ALARM", at, null, "EVENT", operation, target(target), null, bounded(eventId, 100));
  }

  private static String target(String path) {
    if (path == null) {
      return "";
    }
    return bounded(SECRET.matcher(path).replaceAll("hfk_$1_***").replace("\0", ""), MAX_TARGET);
  }

  private static String bounded(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length);
  }
}
