package io.holdfast.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** Contenders that take turns, so that a busy minute of the machine hits all of them. */
final class Interleaved {
  private final String title;
  private final Map<Measurement.Series, Clocked.Run> contenders = new LinkedHashMap<>();
  private final DoubleSupplier cpuSeconds;
  private final Runnable cleanUp;

  Interleaved(String title, ProcessTimes times) {
    this(title, times::seconds, () -> {});
  }

  Interleaved(String title, ProcessTimes times, Runnable cleanUp) {
    this(title, times::seconds, cleanUp);
  }

  /**
   * @param cpuSeconds used so far
   * @param cleanUp after each run, off the clock
   */
  Interleaved(String title, DoubleSupplier cpuSeconds, Runnable cleanUp) {
    this.title = title;
    this.cpuSeconds = cpuSeconds;
    this.cleanUp = cleanUp;
  }

  /** The first one is the reference of the ratios. */
  void add(String name, Clocked.Run run) {
    contenders.put(new Measurement.Series(name), run);
  }

  Table run(int repetitions) {
    for (int i = 1; i <= repetitions; i++) {
      int round = i;
      contenders.forEach(
          (series, run) -> {
            Measurement measured = Clocked.measure(run, cpuSeconds);
            series.add(measured);
            cleanUp.run();
            System.err.printf(
                "%d/%d  %-62s %6.2f s wall %6.2f s CPU%n",
                round, repetitions, series.name(), measured.wallSeconds(), measured.cpuSeconds());
          });
    }
    Table table = new Table(title);
    contenders.keySet().forEach(table::add);
    return table;
  }
}
