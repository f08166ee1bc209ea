package io.holdfast.worker.tar;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import java.nio.charset.StandardCharsets;

/**
 * One 512-byte header of a ustar archive as PostgreSQL writes it: names up to 255 bytes, sizes in
 * octal or base 256.
 *
 * @param type {@code '0'} file, {@code '2'} symbolic link, {@code '5'} directory
 */
record TarHeader(String name, long size, char type) {
  static final int BLOCK_BYTES = 512;

  /**
   * @return null for a block of zeros, which ends the archive
   */
  static TarHeader parse(byte[] block) {
    if (isZero(block)) {
      return null;
    }
    requireChecksum(block);
    String name = text(block, 0, 100);
    String prefix = text(block, 345, 155);
    char type = block[156] == 0 ? '0' : (char) block[156];
    if (type != '0' && type != '2' && type != '5') {
      throw damaged("an entry of type '" + type + "', which PostgreSQL does not write");
    }
    return new TarHeader(
        prefix.isEmpty() ? name : prefix + "/" + name, number(block, 124, 12), type);
  }

  private static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static void requireChecksum(byte[] block) {
    long sum = 0;
    for (int i = 0; i < BLOCK_BYTES; i++) {
      sum += i >= 148 && i < 156 ? ' ' : block[i] & 0xff;
    }
    if (sum != number(block, 148, 8)) {
      throw damaged("a header whose checksum is wrong");
    }
  }

  private static String text(byte[] block, int offset, int length) {
    int end = offset;
    while (end < offset + length && block[end] != 0) {
      end++;
    }
    return new String(block, offset, end - offset, StandardCharsets.UTF_8);
  }

  private static long number(byte[] block, int offset, int length) {
    long value = 0;
    if ((block[offset] & 0x80) != 0) {
      value = block[offset] & 0x7f;
      for (int i = offset + 1; i < offset + length; i++) {
        value = (value << 8) | (block[i] & 0xff);
      }
      return value;
    }
    for (int i = offset; i < offset + length; i++) {
      if (block[i] >= '0' && block[i] <= '7') {
        value = value * 8 + block[i] - '0';
      } else if (block[i] != ' ' && block[i] != 0) {
        throw damaged("a header with a number that is none");
      }
    }
    return value;
  }

  static JobFailure damaged(String what) {
    return new JobFailure(
        ErrorCode.ARTIFACT_DAMAGED,
        "the tar stream of a base backup has " + what,
        "Verify the backup; if it is damaged, use another one.");
  }
}
