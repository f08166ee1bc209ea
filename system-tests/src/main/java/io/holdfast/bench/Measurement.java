package io.holdfast.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One run of one contender.
 *
 * @param wallSeconds from request to usable result
 * @param cpuSeconds user and system time of the contender, its children and the database servers
 * @param storedBytes what lies in the store afterwards; 0 for a restore
 */
record Measurement(double wallSeconds, double cpuSeconds, long storedBytes) {
  /** Several runs of one contender. */
  static final class Series {
    private final String name;
    private final List<Measurement> runs = new ArrayList<>();

    Series(String name) {
      this.name = name;
    }

    String name() {
      return name;
    }

    void add(Measurement run) {
      runs.add(run);
    }

    double medianWall() {
      return median(Measurement::wallSeconds);
    }

    double medianCpu() {
      return median(Measurement::cpuSeconds);
    }

    long storedBytes() {
      return runs.isEmpty() ? 0 : runs.getLast().storedBytes();
    }

    private double median(ToDoubleFunction<Measurement> figure) {
      if (runs.isEmpty()) {
        return Double.NaN;
      }
      List<Double> values = new ArrayList<>(runs.stream().mapToDouble(figure).boxed().toList());
      Collections.sort(values);
      int middle = values.size() / 2;
      return values.size() % 2 == 1
          ? values.get(middle)
          : (values.get(middle - 1) + values.get(middle)) / 2;
    }
  }
}
