package io.holdfast.model.wire;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A place in a trace, as a W3C {@code traceparent} of version 00. Also used where nobody records
 * traces: its trace id then only joins the lines of logs.
 */
public record TraceParent(String text) {
  private static final Pattern FORM =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int TRACE_AT = 3;
  private static final int SPAN_AT = 36;
  private static final int FLAGS_AT = 53;

  public TraceParent {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("not a traceparent of version 00");
    }
  }

  /** Empty for null and for what is not of this form: what comes from outside is not trusted. */
  public static Optional<TraceParent> parse(String text) {
    return text != null && FORM.matcher(text).matches()
        ? Optional.of(new TraceParent(text))
        : Optional.empty();
  }

  /** A place of its own in the trace, which nobody records. */
  public static TraceParent unrecorded(String traceId) {
    byte[] span = new byte[8];
    RANDOM.nextBytes(span);
    span[0] |= 1;
    return new TraceParent("00-" + traceId + "-" + HexFormat.of().formatHex(span) + "-00");
  }

  public String traceId() {
    return text.substring(TRACE_AT, TRACE_AT + 32);
  }

  public String spanId() {
    return text.substring(SPAN_AT, SPAN_AT + 16);
  }

  /** Whether somebody records the trace, so that what follows should, too. */
  public boolean sampled() {
    return (Integer.parseInt(text.substring(FLAGS_AT), 16) & 1) == 1;
  }

  @Override
  public String toString() {
    return text;
  }
}
