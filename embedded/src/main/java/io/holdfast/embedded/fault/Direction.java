package io.holdfast.embedded.fault;

/** Which way bytes go through a {@link FaultProxy}. */
public enum Direction {
  /** From the client to the server: requests, uploads. */
  TO_SERVER,
  /** From the server to the client: answers, downloads. */
  TO_CLIENT
}
