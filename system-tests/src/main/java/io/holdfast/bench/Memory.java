package io.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Section 4: the most memory a worker held, from its start to the end of one base backup. */
final class Memory {
  private final BenchStage stage;

  Memory(BenchStage stage) {
    this.stage = stage;
  }

  String run() {
    StringBuilder text =
        new StringBuilder(
            "### Peak resident memory of the worker (VmHWM)\n\n"
                + "| one base backup by a fresh worker | plain MB | peak MiB |\n|---|---:|---:|\n");
    for (String repository : new String[] {"files", "s3"}) {
      for (String where : new String[] {"WORKER", "SERVER"}) {
        stage.stack().restartWorker(0);
        long plain =
            stage
                .backup(
                    "{\"method\":\"PHYSICAL\",\"repository\":\""
                        + repository
                        + "\",\"compression\":{\"where\":\""
                        + where
                        + "\"}}")
                .path("plainBytes")
                .asLong();
        String row =
            String.format(
                Locale.ROOT,
                "| to %s, %s compresses | %s | %d |%n",
                repository.equals("s3") ? "S3" : "a directory",
                where.toLowerCase(Locale.ROOT),
                where.equals("SERVER") ? "" : Long.toString(plain / 1_000_000),
                peakKibibytes(stage.stack().workerProcess(0).pid()) / 1024);
        System.err.print(row);
        text.append(row);
      }
    }
    return text.append('\n').toString();
  }

  /** The most that a process has held so far. */
  static long peakKibibytes(long pid) {
    try (var lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
