package io.holdfast.worker.repository.s3;

/**
 * How large each part is, so that any object fits into 10,000 of them: sized by the expected bytes,
 * and doubled every thousand parts from the 5,000th on should the estimate have been wrong.
 */
final class PartSizes {
  static final int MOST_PARTS = 10_000;
  private static final int UNIFORM_PARTS = 5_000;
  private static final int MIB = 1024 * 1024;
  private static final int LARGEST_BYTES = 1024 * MIB;

  private final long firstBytes;

  PartSizes(int partSizeBytes, long expectedBytes) {
    long needed = (expectedBytes / UNIFORM_PARTS / MIB + 1) * MIB;
    this.firstBytes = Math.min(LARGEST_BYTES, Math.max(partSizeBytes, needed));
  }

  /**
   * @param number from 1
   */
  int bytesOf(int number) {
    int doublings = Math.max(0, (number - UNIFORM_PARTS + 999) / 1000);
    return (int) Math.min(LARGEST_BYTES, firstBytes << doublings);
  }
}
