package io.holdfast.worker.transfer;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;

/** Observes stored bytes as they are read: digests one object, and adds up all of them. */
final class MeteredInput extends FilterInputStream {
  private final Meter meter;
  private final AtomicLong total;

  MeteredInput(InputStream stored, Meter meter, AtomicLong total) {
    super(stored);
    this.meter = meter;
    this.total = total;
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
      total.addAndGet(read);
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
