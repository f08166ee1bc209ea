package io.holdfast.worker.envelope;

import java.io.IOException;
import java.io.InputStream;
import javax.crypto.AEADBadTagException;

/**
 * The plain bytes of a sealed object. Gives no byte of a frame before the whole frame was found to
 * be what was sealed, and finds what is missing or too much at the end. Used by one thread.
 */
public final class SealedInput extends InputStream {
  private final InputStream sealed;
  private final Frames frames;
  private final byte[] frame;
  private final byte[] plain;
  private int ahead;
  private int at;
  private int filled;
  private boolean ended;

  /**
   * @param object the key under which it was sealed
   * @param sealed closed with this stream
   * @throws IOException when it is no sealed object, or is sealed with another data key
   */
  public SealedInput(DataKey key, String object, InputStream sealed) throws IOException {
    this.sealed = sealed;
    SealedHeader header = SealedHeader.read(sealed);
    if (!header.dataKeyId().equals(key.id())) {
      throw new IOException(
          "it is sealed with data key " + header.dataKeyId() + ", not with " + key.id());
    }
    this.frames = new Frames(key.objectKey(header, object));
    this.frame = new byte[header.frameBytes() + Frames.TAG_BYTES];
    this.plain = new byte[header.frameBytes()];
    this.ahead = sealed.read();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (at == filled) {
      if (ended) {
        return -1;
      }
      open();
    }
    int step = Math.min(length, filled - at);
    System.arraycopy(plain, at, buffer, offset, step);
    at += step;
    return step;
  }

  private void open() throws IOException {
    if (ahead < 0) {
      throw new IOException("truncated: it ends before its first frame");
    }
    frame[0] = (byte) ahead;
    int length = 1 + sealed.readNBytes(frame, 1, frame.length - 1);
    ahead = length < frame.length ? -1 : sealed.read();
    boolean last = ahead < 0;
    long number = frames.next();
    try {
      filled = frames.open(frame, length, last, plain);
    } catch (AEADBadTagException e) {
      throw new IOException(
          "frame "
              + number
              + (last ? ", where it ends," : "")
              + " is not what was sealed: it was changed, cut or put here from elsewhere",
          e);
    }
    at = 0;
    ended = last;
  }

  @Override
  public void close() throws IOException {
    sealed.close();
  }
}
