package io.holdfast.embedded.fault;

/**
 * What a {@link FaultProxy} does to the connections through it. Offsets count the bytes of all
 * connections in one direction since the fault was set, the first byte being 0.
 */
public sealed interface Fault {
  /** Forwards everything. */
  record Pass() implements Fault {}

  /** New connections are reset at once; those that exist are reset too. */
  record Refuse() implements Fault {}

  /**
   * Answers every request of HTTP/1.1 with 503 and closes; connections that exist are reset. Fires
   * for each request.
   */
  record Unavailable() implements Fault {}

  /** Forwards everything until the first line of a request names this, which meets the same. */
  record UnavailableFrom(String named) implements Fault {}

  /** Resets every connection when this many bytes have been forwarded, then passes again. */
  record CutAfter(Direction direction, long bytes) implements Fault {}

  /** Forwards this many bytes, then nothing more in this direction; connections stay open. */
  record StallAfter(Direction direction, long bytes) implements Fault {}

  /** Inverts the lowest bit of the byte at the offset, once, and forwards everything. */
  record Flip(Direction direction, long offset) implements Fault {}
}
