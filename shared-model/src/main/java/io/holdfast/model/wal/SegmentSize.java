package io.holdfast.model.wal;

import io.holdfast.model.Lsn;

/**
 * How many bytes a WAL segment has: a power of two from 1 MiB to 1 GiB, chosen at {@code initdb}.
 *
 * @see <a href="https://www.postgresql.org/docs/current/wal-internals.html">WAL internals</a>
 */
public record SegmentSize(int bytes) {
  public static final SegmentSize DEFAULT = new SegmentSize(16 * 1024 * 1024);
  private static final int SMALLEST = 1024 * 1024;
  private static final int LARGEST = 1024 * 1024 * 1024;

  public SegmentSize {
    if (!valid(bytes)) {
      throw new IllegalArgumentException("not a size of WAL segments: " + bytes);
    }
  }

  public static boolean valid(long bytes) {
    return bytes >= SMALLEST && bytes <= LARGEST && Long.bitCount(bytes) == 1;
  }

  /** How many segments one "log id", the middle part of a name, has. */
  public long perLogId() {
    return 0x1_0000_0000L / bytes;
  }

  /** The number of the segment that holds the byte at {@code lsn}. */
  public long number(Lsn lsn) {
    return Long.divideUnsigned(lsn.address(), bytes);
  }

  /** The number of the segment that ends at or after {@code end}, an exclusive position. */
  public long numberBefore(Lsn end) {
    return Long.divideUnsigned(end.address() - 1, bytes);
  }

  /** Where a segment begins. */
  public Lsn start(long number) {
    return new Lsn(number * bytes);
  }
}
