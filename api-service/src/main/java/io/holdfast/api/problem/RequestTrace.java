package io.holdfast.api.problem;

import io.holdfast.model.wire.TraceParent;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.vertx.ext.web.RoutingContext;
import java.util.UUID;

/**
 * The id by which one request is found again in logs, audit rows and problem documents: the trace
 * that is recorded of it, or that of a W3C {@code traceparent} when the caller sends one, else a
 * new one.
 */
public final class RequestTrace {
  private static final String KEY = "holdfast.trace";

  private RequestTrace() {}

  public static String of(RoutingContext request) {
    if (request == null) {
      return newId();
    }
    String known = request.get(KEY);
    if (known != null) {
      return known;
    }
    SpanContext recorded = Span.current().getSpanContext();
    String id =
        recorded.isValid()
            ? recorded.getTraceId()
            : TraceParent.parse(request.request().getHeader("traceparent"))
                .map(TraceParent::traceId)
                .orElseGet(RequestTrace::newId);
    request.put(KEY, id);
    return id;
  }

  private static String newId() {
    return UUID.randomUUID().toString().replace("-", "");
  }
}
