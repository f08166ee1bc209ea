package io.holdfast.worker.transfer;

import java.io.IOException;

/** Moves chunks from a source through an observer into a consumer. */
final class Pump {
  private Pump() {}

  interface Step {
    void chunk(byte[] buffer, int length) throws IOException;
  }

  static void run(SourceInput input, Step observe, Step consume) throws IOException {
    byte[] chunk = new byte[Transfer.CHUNK_BYTES];
    int length;
    while ((length = input.read(chunk)) > 0) {
      observe.chunk(chunk, length);
      consume.chunk(chunk, length);
    }
  }
}
