package io.holdfast.worker.tar;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Shows an inspector every byte that a reader takes. */
public final class InspectedInput extends FilterInputStream {
  private final TarInspector inspector;

  public InspectedInput(InputStream in, TarInspector inspector) {
    super(in);
    this.inspector = inspector;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int n = super.read(buffer, offset, length);
    if (n > 0) {
      inspector.bytes(buffer, offset, n);
    }
    return n;
  }

  /** Skipping is reading: the inspector must see what is passed over. */
  @Override
  public long skip(long bytes) throws IOException {
    return readNBytes((int) Math.min(bytes, 64 * 1024)).length;
  }
}
