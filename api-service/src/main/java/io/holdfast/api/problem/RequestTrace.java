package io.holdfast.api.problem;

import io.vertx.ext.web.RoutingContext;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The id by which one request is found again in logs, audit rows and problem documents: the trace
 * of a W3C {@code traceparent} when the caller sends one, else a new one.
 */
public final class RequestTrace {
  private static final String KEY = "holdfast.trace";
  private static final Pattern TRACEPARENT =
      Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}");

  private RequestTrace() {}

  public static String of(RoutingContext request) {
    if (request == null) {
      return newId();
    }
    String known = request.get(KEY);
    if (known != null) {
      return known;
    }
    String parent = request.request().getHeader("traceparent");
    Matcher matcher = parent == null ? null : TRACEPARENT.matcher(parent);
    String id = matcher != null && matcher.matches() ? matcher.group(1) : newId();
    request.put(KEY, id);
    return id;
  }

  private static String newId() {
    return UUID.randomUUID().toString().replace("-", "");
  }
}
