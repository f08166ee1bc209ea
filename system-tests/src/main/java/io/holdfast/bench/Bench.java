package io.holdfast.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code ./dev bench [backup restore logical memory wal fetch wal-memory incremental checksum scan
 * latency plan] [--gb N] [--repetitions N] [--objects N]}.
 */
public final class Bench {
  private static final List<String> SECTIONS =
      List.of(
          "backup",
          "restore",
          "encryption",
          "logical",
          "memory",
          "wal",
          "fetch",
          "wal-memory",
          "incremental",
          "checksum",
          "scan",
          "latency",
          "plan");

  private static final List<String> WITH_PGBACKREST =
      List.of("backup", "restore", "wal", "fetch", "incremental");

  private final Set<String> sections = new LinkedHashSet<>();
  private double gigabytes = 2;
  private int repetitions = 3;
  private int objects = 100_000;

  private Bench(String[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--gb" -> gigabytes = Double.parseDouble(arguments[++i]);
        case "--objects" -> objects = Integer.parseInt(arguments[++i]);
        case "--repetitions" -> repetitions = Integer.parseInt(arguments[++i]);
        default -> sections.add(arguments[i]);
      }
    }
    if (!SECTIONS.containsAll(sections)) {
      throw new IllegalArgumentException("sections are " + SECTIONS + ", not " + sections);
    }
    if (sections.isEmpty()) {
      sections.addAll(SECTIONS);
    }
  }

  public static void main(String[] arguments) {
    int status = 0;
    try {
      System.out.println(new Bench(arguments).run());
    } catch (Exception e) {
      System.err.println("FAILED  " + e.getMessage());
      status = 1;
    }
    System.exit(status);
  }

  private String run() throws Exception {
    StringBuilder text = new StringBuilder();
    text.append("Measured ")
        .append(Instant.now().truncatedTo(ChronoUnit.SECONDS))
        .append(" on ")
        .append(Runtime.getRuntime().availableProcessors())
        .append(" processors, load average at the start ")
        .append(Files.readString(Path.of("/proc/loadavg")).split(" ")[0])
        .append(", medians of ")
        .append(repetitions)
        .append(".\n\n");
    List<String> large = new ArrayList<>(sections);
    large.removeAll(List.of("latency", "scan", "plan"));
    if (!large.isEmpty()) {
      try (BenchStage stage = BenchStage.set(gigabytes, Map.of())) {
        text.append("Cluster: ").append(BenchData.size(stage.server())).append(".\n\n");
        withData(stage, text);
      }
    }
    if (sections.contains("scan")) {
      try (BenchStage stage = BenchStage.set(0, Map.of())) {
        text.append(new Scans(stage).run(objects));
      }
    }
    if (sections.contains("latency")) {
      try (BenchStage stage = BenchStage.set(0, Latency.SETTINGS)) {
        text.append(new Latency(stage).run());
      }
    }
    if (sections.contains("plan")) {
      try (BenchStage stage = BenchStage.set(0, Plans.SETTINGS)) {
        text.append(new Plans(stage).run(repetitions));
      }
    }
    return text.toString();
  }

  private void withData(BenchStage stage, StringBuilder text) {
    PgBackRest pgBackRest =
        PgBackRest.knows(stage.server().install().major())
                && sections.stream().anyMatch(WITH_PGBACKREST::contains)
            ? new PgBackRest(stage)
            : null;
    if (sections.contains("backup")) {
      text.append(new BaseBackups(stage, pgBackRest).run(repetitions));
    }
    if (sections.contains("restore")) {
      text.append(new Restores(stage, pgBackRest).run(repetitions));
    }
    if (sections.contains("encryption")) {
      text.append(new EncryptedBackups(stage).run(repetitions));
    }
    if (sections.contains("logical")) {
      text.append(new LogicalBackups(stage).run(repetitions).markdown());
    }
    if (sections.contains("memory")) {
      text.append(new Memory(stage).run());
    }
    if (sections.contains("wal")) {
      text.append(new WalPushes(stage, pgBackRest).run(repetitions));
    }
    if (sections.contains("fetch")) {
      text.append(new WalFetches(stage, pgBackRest).run(repetitions));
    }
    if (sections.contains("wal-memory")) {
      text.append(new WalMemory(stage).run());
    }
    if (sections.contains("incremental")) {
      text.append(new Incrementals(stage, pgBackRest).run(repetitions));
    }
    if (sections.contains("checksum")) {
      text.append(new Checksums(stage).run(repetitions).markdown());
    }
  }
}
