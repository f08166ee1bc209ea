package io.holdfast.worker.repository.s3;

import java.util.Arrays;

/**
 * Bytes of one part, reused for later ones; grows with what it is given, so a small object costs
 * little.
 */
final class PartBuffer {
  private static final int FIRST_BYTES = 64 * 1024;
  private byte[] bytes = new byte[0];
  private int length;

  /** Takes up to {@code limit} bytes in all; returns how many of the offered ones it took. */
  int fill(byte[] source, int offset, int offered, int limit) {
    int taken = Math.min(offered, limit - length);
    if (length + taken > bytes.length) {
      long doubled = Math.max(FIRST_BYTES, Math.max(2L * bytes.length, length + (long) taken));
      bytes = Arrays.copyOf(bytes, (int) Math.min(limit, doubled));
    }
    System.arraycopy(source, offset, bytes, length, taken);
    length += taken;
    return taken;
  }

  byte[] array() {
    return bytes;
  }

  int length() {
    return length;
  }

  void clear() {
    length = 0;
  }
}
