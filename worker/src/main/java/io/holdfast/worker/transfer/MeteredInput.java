package io.holdfast.worker.transfer;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Observes stored bytes as they are read. */
final class MeteredInput extends FilterInputStream {
  private final Meter meter;

  MeteredInput(InputStream stored, Meter meter) {
    super(stored);
    this.meter = meter;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read = in.read(buffer, offset, length);
    if (read > 0) {
      meter.add(buffer, offset, read);
    }
    return read;
  }

  @Override
  public long skip(long n) throws IOException {
    return readNBytes((int) Math.min(n, 64 * 1024)).length;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
