package io.holdfast.api.metrics;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Shows what a query gave: its first columns are labels, each further one is a family. */
public final class Columns {
  private Columns() {}

  /**
   * @param labels how many of the columns; each family has as many
   * @param families in the order of the columns behind these. A moment is shown in seconds since
   *     1970, what is true as 1, null as 0
   */
  public static void show(List<Object[]> rows, int labels, Family... families) {
    for (int i = 0; i < families.length; i++) {
      List<Series> series = new ArrayList<>(rows.size());
      for (Object[] row : rows) {
        series.add(new Series(value(row[labels + i]), labels(row, labels)));
      }
      families[i].show(series);
    }
  }

  private static List<String> labels(Object[] row, int count) {
    List<String> labels = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      labels.add((String) row[i]);
    }
    return labels;
  }

  private static double value(Object value) {
    return switch (value) {
      case null -> 0;
      case Instant at -> at.toEpochMilli() / 1000.0;
      case Boolean so -> so ? 1 : 0;
      case Number number -> number.doubleValue();
      default -> throw new IllegalArgumentException("no value of a metric: " + value);
    };
  }
}
