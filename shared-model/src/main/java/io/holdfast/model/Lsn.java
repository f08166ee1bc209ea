package io.holdfast.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A write-ahead log position: an unsigned 64-bit byte address, written {@code XXXXXXXX/XXXXXXXX} in
 * hexadecimal as PostgreSQL does.
 */
public record Lsn(long address) implements Comparable<Lsn> {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Lsn parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 1 || slash > 8 || text.length() - slash - 1 < 1 || text.length() - slash > 9) {
      throw new IllegalArgumentException("not an LSN: " + text);
    }
    long high = Long.parseLong(text, 0, slash, 16);
    long low = Long.parseLong(text, slash + 1, text.length(), 16);
    return new Lsn((high << 32) | low);
  }

  /** Bytes from {@code earlier} to this position; negative when this one is the earlier. */
  public long bytesSince(Lsn earlier) {
    return address - earlier.address;
  }

  @Override
  public int compareTo(Lsn other) {
    return Long.compareUnsigned(address, other.address);
  }

  @Override
  @JsonValue
  public String toString() {
    return Long.toHexString(address >>> 32).toUpperCase(java.util.Locale.ROOT)
        + "/"
        + Long.toHexString(address & 0xffffffffL).toUpperCase(java.util.Locale.ROOT);
  }
}
