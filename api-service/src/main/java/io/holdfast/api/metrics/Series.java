package io.holdfast.api.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** One series of a family: a value, and what the family's labels are for it, in their order. */
public record Series(double value, List<String> labels) {
  public static Series of(Number value, String... labels) {
    return new Series(value.doubleValue(), List.of(labels));
  }

  /** 1 when it is so. */
  public static Series of(boolean so, String... labels) {
    return new Series(so ? 1 : 0, List.of(labels));
  }

  /**
   * In seconds since 1970.
   *
   * @param at null: never, which is 0
   */
  public static Series at(Instant at, String... labels) {
    return new Series(at == null ? 0 : at.toEpochMilli() / 1000.0, List.of(labels));
  }

  /**
   * In seconds.
   *
   * @param length null: none, which is 0
   */
  public static Series lasting(Duration length, String... labels) {
    return new Series(length == null ? 0 : length.toMillis() / 1000.0, List.of(labels));
  }
}
