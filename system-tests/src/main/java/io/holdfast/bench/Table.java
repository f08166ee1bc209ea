package io.holdfast.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A Markdown table of contenders, as ratios of the first row. */
final class Table {
  private final String title;
  private final List<Measurement.Series> rows = new ArrayList<>();

  Table(String title) {
    this.title = title;
  }

  void add(Measurement.Series row) {
    rows.add(row);
  }

  String markdown() {
    Measurement.Series reference = rows.getFirst();
    StringBuilder text = new StringBuilder("### " + title + "\n\n");
    text.append("| contender | wall s | wall ratio | CPU s | CPU ratio | stored MB |\n");
    text.append("|---|---:|---:|---:|---:|---:|\n");
    for (Measurement.Series row : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.2f | %.2f | %.2f | %.2f | %.1f |%n",
              row.name(),
              row.medianWall(),
              row.medianWall() / reference.medianWall(),
              row.medianCpu(),
              row.medianCpu() / reference.medianCpu(),
              row.storedBytes() / 1e6));
    }
    return text.append('\n').toString();
  }
}
