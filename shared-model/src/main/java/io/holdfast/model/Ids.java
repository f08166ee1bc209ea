package io.holdfast.model;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;
import java.util.regex.Pattern;

/** How identifiers are made and checked: UUID version 7 (RFC 9562), so that they sort by time. */
final class Ids {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private Ids() {}

  static String next(Clock clock) {
    long millis = clock.millis();
    long high = (millis << 16) | 0x7000L | (RANDOM.nextInt() & 0x0fffL);
    long low = (RANDOM.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
    return new UUID(high, low).toString();
  }

  static String check(String kind, String value) {
    if (value == null || !UUID_TEXT.matcher(value).matches()) {
      throw new IllegalArgumentException(kind + " must be a lower-case UUID");
    }
    return value;
  }
}
