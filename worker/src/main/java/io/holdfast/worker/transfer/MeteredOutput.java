package io.holdfast.worker.transfer;

import java.io.IOException;
import java.io.OutputStream;

/** Observes stored bytes on their way into a staged object, which it does not close. */
final class MeteredOutput extends OutputStream {
  private final OutputStream target;
  private final Meter meter;

  MeteredOutput(OutputStream target, Meter meter) {
    this.target = target;
    this.meter = meter;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    meter.add(bytes, offset, length);
    target.write(bytes, offset, length);
  }
}
