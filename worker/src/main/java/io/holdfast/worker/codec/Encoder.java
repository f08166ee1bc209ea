package io.holdfast.worker.codec;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Compresses what is written to it into a target that it does not own. Only {@link #finish} writes
 * the end of the stream; {@link #close} without it leaves a stream that every decoder calls
 * truncated.
 *
 * <p>Used by one thread.
 */
public abstract class Encoder extends OutputStream {
  /** Writes what is buffered and the end of the stream. Nothing may be written after. */
  public abstract void finish() throws IOException;

  /** Frees memory, writes nothing, leaves the target open. Idempotent. */
  @Override
  public abstract void close();

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public abstract void write(byte[] bytes, int offset, int length) throws IOException;
}
