package io.holdfast.api.trace;

import io.holdfast.api.problem.RequestTrace;
import io.holdfast.model.wire.TraceParent;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.quarkus.arc.Arc;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Begins, carries on and ends spans. Where nobody records, only the ids go along. */
@ApplicationScoped
public class Traces {
  private final Tracer tracer;
  private final CurrentVertxRequest request;

  /**
   * @param off an SDK that is disabled makes ids of its own all the same, which would lead nowhere
   */
  @Inject
  Traces(
      OpenTelemetry telemetry,
      CurrentVertxRequest request,
      @ConfigProperty(name = "quarkus.otel.sdk.disabled", defaultValue = "true") boolean off) {
    OpenTelemetry used = off ? OpenTelemetry.noop() : telemetry;
    this.tracer = used.getTracer("holdfast");
    this.request = request;
  }

  /**
   * The beginning of something that goes on after this call: in the request's trace, or a new one.
   */
  public TraceParent begun(String name) {
    Span span = tracer.spanBuilder(name).startSpan();
    span.end();
    return of(span.getSpanContext(), TraceParent.unrecorded(traceId()));
  }

  private String traceId() {
    boolean asked = Arc.container().requestContext().isActive();
    return RequestTrace.of(asked ? request.getCurrent() : null);
  }

  /**
   * A span for handing something over to Kafka; to be ended by the caller.
   *
   * @param parent null: of no trace, and not recorded
   */
  public Span sending(String topic, TraceParent parent) {
    return parent == null
        ? Span.getInvalid()
        : tracer
            .spanBuilder("send " + topic)
            .setSpanKind(SpanKind.PRODUCER)
            .setParent(context(parent))
            .startSpan();
  }

  /** Where a record stands that is sent in {@code span}; {@code parent} where nobody records. */
  public TraceParent within(Span span, TraceParent parent) {
    return of(span.getSpanContext(), parent);
  }

  /** Something that a worker said has become rows. */
  public void recorded(String name, TraceParent parent, Instant from, Instant until) {
    tracer
        .spanBuilder(name)
        .setSpanKind(SpanKind.CONSUMER)
        .setParent(context(parent))
        .setStartTimestamp(from)
        .startSpan()
        .end(until);
  }

  private static TraceParent of(SpanContext recorded, TraceParent otherwise) {
    return recorded.isValid()
        ? new TraceParent(
            "00-"
                + recorded.getTraceId()
                + "-"
                + recorded.getSpanId()
                + "-"
                + recorded.getTraceFlags().asHex())
        : otherwise;
  }

  private static Context context(TraceParent parent) {
    SpanContext remote =
        SpanContext.createFromRemoteParent(
            parent.traceId(),
            parent.spanId(),
            parent.sampled() ? TraceFlags.getSampled() : TraceFlags.getDefault(),
            TraceState.getDefault());
    return Context.root().with(Span.wrap(remote));
  }
}
