package io.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.DoubleSupplier;

/**
 * Wall time, and the CPU time of the contender and the database servers while it passed: contenders
 * that read files themselves and contenders that ask the server are then charged alike.
 */
final class Clocked {
  private Clocked() {}

  /** A contender's run. */
  interface Run {
    /**
     * @return bytes that lie in the store afterwards
     */
    long go() throws Exception;
  }

  static Measurement measure(Run run, DoubleSupplier cpuSeconds) {
    double cpu = cpuSeconds.getAsDouble();
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
    return new Measurement(wall, cpuSeconds.getAsDouble() - cpu, stored);
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
