package io.holdfast.model.wire;

/** The Kafka topics and record headers. */
public final class Topics {
  public static final String EVENTS = "holdfast.events";
  public static final String DEAD_LETTERS = "holdfast.dead-letters";
  private static final String COMMANDS = "holdfast.commands.";

  /** Base64 of the Ed25519 signature over the record's value. */
  public static final String SIGNATURE_HEADER = "holdfast-signature";

  /** Which public key verifies it. */
  public static final String KEY_ID_HEADER = "holdfast-key-id";

  /** The W3C trace context that a record belongs to; may be absent, and holds no power. */
  public static final String TRACE_HEADER = "traceparent";

  private Topics() {}

  public static String commands(String pool) {
    return COMMANDS + pool;
  }

  /** Cancellations go to every worker of a pool: a topic that each reads in a group of its own. */
  public static String cancellations(String pool) {
    return COMMANDS + pool + ".cancel";
  }
}
