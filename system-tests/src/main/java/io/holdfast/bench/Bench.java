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
 * latency plan schedules] [--gb N] [--repetitions N] [--objects N]}.
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
          "plan",
          "fleet",
          "schedules");

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
      new Bench(arguments).run();
    } catch (Exception e) {
      System.err.println("FAILED  " + e.getMessage());
      status = 1;
    }
    System.exit(status);
  }

  /** Each section is printed as it ends: what comes later may fail. */
  private void run() throws Exception {
    System.out.printf(
        "Measured %s on %d processors, load average at the start %s, medians of %d.%n%n",
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        Runtime.getRuntime().availableProcessors(),
        Files.readString(Path.of("/proc/loadavg")).split(" ")[0],
        repetitions);
    List<String> large = new ArrayList<>(sections);
    large.removeAll(List.of("latency", "scan", "plan", "fleet", "schedules"));
    if (!large.isEmpty()) {
      try (BenchStage stage = BenchStage.set(gigabytes, Map.of())) {
        System.out.printf("Cluster: %s.%n%n", BenchData.size(stage.server()));
        withData(stage);
      }
    }
    if (sections.contains("scan")) {
      try (BenchStage stage = BenchStage.set(0, Map.of())) {
        System.out.println(new Scans(stage).run(objects));
      }
    }
    if (sections.contains("latency")) {
      try (BenchStage stage = BenchStage.set(0, Latency.SETTINGS)) {
        System.out.println(new Latency(stage).run());
      }
    }
    if (sections.contains("plan")) {
      try (BenchStage stage = BenchStage.set(0, Plans.SETTINGS)) {
        System.out.println(new Plans(stage).run(repetitions));
      }
    }
    if (sections.contains("schedules")) {
      try (BenchStage stage = BenchStage.set(0, Schedules.SETTINGS)) {
        System.out.println(new Schedules(stage).run(repetitions));
      }
    }
    if (sections.contains("fleet")) {
      try (BenchStage stage = BenchStage.set(0, FleetAnswers.SETTINGS)) {
        System.out.println(new FleetAnswers(stage).run());
      }
    }
  }

  private void withData(BenchStage stage) {
    PgBackRest pgBackRest =
        PgBackRest.knows(stage.server().install().major())
                && sections.stream().anyMatch(WITH_PGBACKREST::contains)
            ? new PgBackRest(stage)
            : null;
    if (sections.contains("backup")) {
      System.out.println(new BaseBackups(stage, pgBackRest).run(repetitions));
    }
    if (sections.contains("restore")) {
      System.out.println(new Restores(stage, pgBackRest).run(repetitions));
    }
    if (sections.contains("encryption")) {
      System.out.println(new EncryptedBackups(stage).run(repetitions));
    }
    if (sections.contains("logical")) {
      System.out.println(new LogicalBackups(stage).run(repetitions).markdown());
    }
    if (sections.contains("memory")) {
      System.out.println(new Memory(stage).run());
    }
    if (sections.contains("wal")) {
      System.out.println(new WalPushes(stage, pgBackRest).run(repetitions));
    }
    if (sections.contains("fetch")) {
      System.out.println(new WalFetches(stage, pgBackRest).run(repetitions));
    }
    if (sections.contains("wal-memory")) {
      System.out.println(new WalMemory(stage).run());
    }
    if (sections.contains("incremental")) {
      System.out.println(new Incrementals(stage, pgBackRest).run(repetitions));
    }
    if (sections.contains("checksum")) {
      System.out.println(new Checksums(stage).run(repetitions).markdown());
    }
  }
}
