package io.holdfast.worker.envelope;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Seals what is written to it into a target that it does not own. Only {@link #finish} writes the
 * last frame; without it every reader calls the object truncated. Used by one thread.
 */
public final class SealedOutput extends OutputStream {
  private static final int FIRST_BYTES = 64 * 1024;

  private final OutputStream target;
  private final SealedHeader header;
  private final Frames frames;
  private byte[] plain = new byte[FIRST_BYTES];
  private byte[] sealed = new byte[0];
  private int filled;

  /**
   * @param object the object's whole key: it cannot be opened under another one
   */
  public SealedOutput(DataKey key, String object, OutputStream target) throws IOException {
    this.target = target;
    this.header = SealedHeader.fresh(key);
    this.frames = new Frames(key.objectKey(header, object));
    target.write(header.bytes());
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      if (filled == header.frameBytes()) {
        seal(false); // not before there is more: the last frame must be known as such
      }
      int step = Math.min(length - done, header.frameBytes() - filled);
      if (filled + step > plain.length) {
        int wanted = Math.max(2 * plain.length, filled + step);
        plain = Arrays.copyOf(plain, Math.min(wanted, header.frameBytes()));
      }
      System.arraycopy(bytes, offset + done, plain, filled, step);
      filled += step;
      done += step;
    }
  }

  private void seal(boolean last) throws IOException {
    if (sealed.length < filled + Frames.TAG_BYTES) {
      sealed = new byte[plain.length + Frames.TAG_BYTES];
    }
    int length = frames.seal(plain, filled, last, sealed);
    target.write(sealed, 0, length);
    filled = 0;
  }

  /** Writes what is buffered as the last frame. Nothing may be written after. */
  public void finish() throws IOException {
    seal(true);
  }

  /** Writes nothing and leaves the target open. */
  @Override
  public void close() {}
}
