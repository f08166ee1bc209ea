package io.holdfast.embedded.postgres;

import io.holdfast.embedded.process.Command;
import io.holdfast.embedded.process.Programs;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One installed major version of PostgreSQL with its server programs.
 *
 * @param major such as 15
 * @param bin the folder that holds initdb, pg_ctl and postgres
 */
public record PostgresInstall(int major, Path bin) {
  /** Colon-separated folders whose children {@code <major>/bin} are looked at first. */
  public static final String DIRECTORIES_PROPERTY = "holdfast.postgres.directories";

  public static final String DIRECTORIES_VARIABLE = "HOLDFAST_POSTGRES_DIRECTORIES";

  /** The major that incremental backups came with. */
  public static final int FIRST_INCREMENTAL = 17;

  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
  private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");

  /** Every major found, newest first; of one major the first place wins, so ours beat Debian's. */
  public static List<PostgresInstall> all() {
    Map<Integer, PostgresInstall> found = new LinkedHashMap<>();
    for (Path bin : candidates()) {
      if (Files.isExecutable(bin.resolve("initdb")) && Files.isExecutable(bin.resolve("pg_ctl"))) {
        int major = majorOf(bin);
        found.putIfAbsent(major, new PostgresInstall(major, bin));
      }
    }
    return found.values().stream()
        .sorted(Comparator.comparingInt(PostgresInstall::major).reversed())
        .toList();
  }

  /** Every major found that has a program beside the server, newest first. */
  public static List<PostgresInstall> allWith(String program) {
    return all().stream().filter(install -> install.has(program)).toList();
  }

  /** Every major found that takes incremental backups and can put them together, newest first. */
  public static List<PostgresInstall> allIncremental() {
    return all().stream().filter(PostgresInstall::incremental).toList();
  }

  /** Every major found that is too old for incremental backups, newest first. */
  public static List<PostgresInstall> allBeforeIncremental() {
    return all().stream().filter(install -> install.major < FIRST_INCREMENTAL).toList();
  }

  public boolean incremental() {
    return major >= FIRST_INCREMENTAL && has("pg_combinebackup");
  }

  public boolean has(String program) {
    return Files.isExecutable(bin.resolve(program));
  }

  /**
   * The newest major installed.
   *
   * @throws IllegalStateException when there is none, with what to install
   */
  public static PostgresInstall newest() {
    return all().stream()
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "no PostgreSQL server programs below "
                        + DEBIAN
                        + " or on the PATH: install Debian's package postgresql, or set "
                        + DIRECTORIES_VARIABLE));
  }

  /** Where {@link #all} lie, for a worker's {@code postgres-directories}. */
  public static String directories() {
    return Stream.concat(all().stream().map(PostgresInstall::bin), Stream.of(DEBIAN))
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  public static Optional<PostgresInstall> byMajor(int major) {
    return all().stream().filter(install -> install.major == major).findFirst();
  }

  public String program(String name) {
    return bin.resolve(name).toString();
  }

  @Override
  public String toString() {
    return "PostgreSQL " + major + " in " + bin;
  }

  private static List<Path> candidates() {
    List<Path> bins = new ArrayList<>();
    String extra =
        System.getProperty(
            DIRECTORIES_PROPERTY, System.getenv().getOrDefault(DIRECTORIES_VARIABLE, ""));
    for (String folder : extra.split(File.pathSeparator)) {
      if (!folder.isBlank()) {
        bins.add(Path.of(folder, "bin"));
        bins.addAll(binsBelow(Path.of(folder)));
      }
    }
    bins.addAll(binsBelow(DEBIAN));
    for (Path folder : Programs.path()) {
      Path config = folder.resolve("pg_config");
      if (Files.isExecutable(config)) {
        // Debian's /usr/bin/pg_config answers with the real folder of the server programs.
        bins.add(
            Path.of(Command.of(config.toString(), "--bindir").run(Duration.ofSeconds(10)).strip()));
      }
    }
    return bins;
  }

  private static List<Path> binsBelow(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> majors = Files.list(folder)) {
      return majors.map(major -> major.resolve("bin")).filter(Files::isDirectory).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + folder, e);
    }
  }

  private static int majorOf(Path bin) {
    String said =
        Command.of(bin.resolve("pg_ctl").toString(), "--version").run(Duration.ofSeconds(10));
    Matcher version = VERSION.matcher(said);
    if (!version.find()) {
      throw new IllegalStateException(bin + " is not PostgreSQL: " + said.strip());
    }
    return Integer.parseInt(version.group(1));
  }
}
