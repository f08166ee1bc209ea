package io.holdfast.worker.codec;

import java.io.IOException;
import java.io.OutputStream;

/** Bytes as they are. */
final class PlainEncoder extends Encoder {
  private final OutputStream target;

  PlainEncoder(OutputStream target) {
    this.target = target;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    target.write(bytes, offset, length);
  }

  @Override
  public void finish() {}

  @Override
  public void close() {}
}
