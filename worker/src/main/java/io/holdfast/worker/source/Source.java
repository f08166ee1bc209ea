package io.holdfast.worker.source;

import java.io.IOException;
import java.io.InputStream;

/**
 * One stream of bytes out of PostgreSQL. <b>End of stream is not success</b>: a child process can
 * die after its last byte, so {@link #complete} must return before anything is published.
 */
public interface Source extends AutoCloseable {
  /** The bytes; read once, by one thread. */
  InputStream stream() throws IOException;

  /**
   * Waits until the producer says that all is well.
   *
   * @throws io.holdfast.worker.failure.JobFailure with the tail of what the producer complained of
   */
  void complete();

  /** Ends the producer, a child and its children included. Idempotent. */
  @Override
  void close();
}
