package io.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Wall time, and the CPU time of the whole machine while it passed: contenders that read files
 * themselves and contenders that ask the server are then charged alike. Needs an idle machine.
 */
final class Clocked {
  private static final double TICKS_PER_SECOND = 100;

  private Clocked() {}

  /** A contender's run. */
  interface Run {
    /**
     * @return bytes that lie in the store afterwards
     */
    long go() throws Exception;
  }

  static Measurement measure(Run run) {
    double cpu = busySeconds();
    long begun = System.nanoTime();
    long stored;
    try {
      stored = run.go();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    double wall = (System.nanoTime() - begun) / 1e9;
    return new Measurement(wall, busySeconds() - cpu, stored);
  }

  /** Seconds of user, nice, system, irq and softirq time of all processors; proc(5). */
  private static double busySeconds() {
    try (var lines = Files.lines(Path.of("/proc/stat"))) {
      String[] fields = lines.findFirst().orElseThrow().trim().split("\\s+");
      long ticks = 0;
      for (int i : new int[] {1, 2, 3, 6, 7}) {
        ticks += Long.parseLong(fields[i]);
      }
      return ticks / TICKS_PER_SECOND;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bytes of all files below a folder. */
  static long bytesBelow(Path folder) {
    try (var files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
