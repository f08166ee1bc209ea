package io.holdfast.worker.trace;

import io.holdfast.model.wire.TraceParent;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * The span of an attempt, below the command that asked for it, and one span below it for the phase
 * that it is in. Thread-safe. Where nobody records, every call does nothing.
 */
public final class JobTrace {
  private static final String SCOPE = "holdfast";

  private final TraceParent asked;
  private final Tracer tracer;
  private final Span job;
  private final Context below;
  private Span phase = Span.getInvalid();

  private JobTrace(TraceParent asked, Tracer tracer, Span job) {
    this.asked = asked;
    this.tracer = tracer;
    this.job = job;
    this.below = Context.root().with(job);
  }

  /**
   * @param asked where the command stands in its trace; null: in none
   */
  public static JobTrace begin(TraceParent asked, String name, Map<String, String> attributes) {
    Tracer tracer = tracer();
    var builder = tracer.spanBuilder(name).setSpanKind(SpanKind.CONSUMER).setParent(parent(asked));
    attributes.forEach(builder::setAttribute);
    return new JobTrace(asked, tracer, builder.startSpan());
  }

  /** Of no command, and recorded nowhere. */
  public static JobTrace none() {
    return new JobTrace(null, TracerProvider.noop().get(SCOPE), Span.getInvalid());
  }

  /** An SDK that is disabled makes ids of its own all the same, which would lead nowhere. */
  private static Tracer tracer() {
    boolean disabled =
        ConfigProvider.getConfig()
            .getOptionalValue("quarkus.otel.sdk.disabled", Boolean.class)
            .orElse(true);
    return disabled ? TracerProvider.noop().get(SCOPE) : GlobalOpenTelemetry.getTracer(SCOPE);
  }

  private static Context parent(TraceParent asked) {
    if (asked == null) {
      return Context.root();
    }
    SpanContext remote =
        SpanContext.createFromRemoteParent(
            asked.traceId(),
            asked.spanId(),
            asked.sampled() ? TraceFlags.getSampled() : TraceFlags.getDefault(),
            TraceState.getDefault());
    return Context.root().with(Span.wrap(remote));
  }

  /** The phase before it is over. */
  public synchronized void phase(String name) {
    phase.end();
    phase = tracer.spanBuilder(name).setParent(below).startSpan();
  }

  /** Something that is known by now, such as the node. */
  public void say(String key, String value) {
    job.setAttribute(key, value);
  }

  public synchronized void failed(String code) {
    phase.setStatus(StatusCode.ERROR, code);
    job.setStatus(StatusCode.ERROR, code);
    job.setAttribute("code", code);
  }

  public synchronized void end() {
    phase.end();
    job.end();
  }

  /** Where what the attempt says stands; empty when there is no trace at all. */
  public Optional<TraceParent> here() {
    SpanContext context = job.getSpanContext();
    return context.isValid()
        ? Optional.of(
            new TraceParent(
                "00-"
                    + context.getTraceId()
                    + "-"
                    + context.getSpanId()
                    + "-"
                    + context.getTraceFlags().asHex()))
        : Optional.ofNullable(asked);
  }
}
