package io.holdfast.worker.target.physical;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Makes the configuration of a copy harmless to the cluster it came from, whoever starts it and
 * however. What must hold stands in a file of its own that is included last, twice: {@code
 * postgresql.auto.conf} beats {@code postgresql.conf}, but only the latter says where the data
 * directory is. Nothing that the source's administrator wrote is changed.
 */
final class Quarantine {
  static final String FILE = "holdfast-quarantine.conf";

  /**
   * A restored copy must not archive into its source, follow it, use its slots, run its recovery
   * commands or write its files. PostgreSQL 14 to 18 know all of these.
   */
  static final List<String> SETTINGS =
      List.of(
          "archive_mode = off",
          "archive_command = ''",
          "restore_command = ''",
          "archive_cleanup_command = ''",
          "recovery_end_command = ''",
          "primary_conninfo = ''",
          "primary_slot_name = ''",
          "synchronous_standby_names = ''",
          "max_logical_replication_workers = 0",
          "external_pid_file = ''",
          "log_directory = 'log'");

  /** What a copy does when it is started. */
  enum Begin {
    /** It recovers to the end of its own WAL. */
    AS_IT_IS,
    /** It asks for archived WAL. */
    RECOVERS,
    /** It follows a primary. */
    FOLLOWS
  }

  /**
   * Where the configuration may lead to another directory. What an included file says is not looked
   * at: it may lie outside the copy and change.
   */
  private static final Pattern LEADS_ELSEWHERE =
      Pattern.compile(
          "^[ \\t\\r]*(data_directory|hba_file|ident_file|include|include_if_exists|include_dir)\\b",
          Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

  private static final String HEAD =
      """
      # Written by Holdfast when it restored this copy; read after everything else.
      # It keeps the copy from archiving into its source, following it or opening its files.
      # To let the copy live on its own, remove the line "include '%s'"
      # from the end of postgresql.conf and of postgresql.auto.conf.
      """;

  private Quarantine() {}

  /**
   * @param root where the copy is being made
   * @param target where it will lie
   * @param configuration file name -> content, used where the copy has no such file; the rules for
   *     logins also where its source may have read others
   * @param more lines that beat {@link #SETTINGS}
   */
  static void apply(
      Path root, Path target, Map<String, byte[]> configuration, Begin begin, List<String> more)
      throws IOException {
    Files.deleteIfExists(root.resolve("standby.signal"));
    Files.deleteIfExists(root.resolve("recovery.signal"));
    switch (begin) {
      case AS_IT_IS -> {}
      case RECOVERS -> Files.createFile(root.resolve("recovery.signal"));
      case FOLLOWS -> Files.createFile(root.resolve("standby.signal"));
    }
    List<String> lines = new ArrayList<>(SETTINGS);
    if (version(root).equals("14")) {
      lines.add("stats_temp_directory = 'pg_stat_tmp'"); // later majors do not know it
    }
    boolean elsewhere =
        leadsElsewhere(root.resolve("postgresql.conf"))
            || leadsElsewhere(root.resolve("postgresql.auto.conf"));
    for (Map.Entry<String, byte[]> file : configuration.entrySet()) {
      Path path = root.resolve(file.getKey());
      // The copy's own pg_hba.conf may be initdb's, which nobody has cared for since.
      boolean mayBeStale = elsewhere && !file.getKey().equals("postgresql.conf");
      if (mayBeStale || !Files.exists(path)) {
        Files.write(path, file.getValue());
      }
    }
    if (elsewhere) {
      // Only then: without a fixed place a copy can be moved.
      lines.add(setting("data_directory", target));
      lines.add(setting("hba_file", target.resolve("pg_hba.conf")));
      lines.add(setting("ident_file", target.resolve("pg_ident.conf")));
    }
    lines.addAll(more);
    Files.writeString(root.resolve(FILE), HEAD.formatted(FILE) + String.join("\n", lines) + "\n");
    includeLast(root.resolve("postgresql.conf"));
    includeLast(root.resolve("postgresql.auto.conf"));
  }

  /** See {@link DirectoryRestore#rest}. */
  static void rest(Path data, List<String> more) throws IOException {
    Files.writeString(
        data.resolve(FILE),
        "# A standby: open for reading until it is promoted.\n" + String.join("\n", more) + "\n",
        StandardOpenOption.APPEND);
    Files.deleteIfExists(data.resolve("recovery.signal"));
    Files.write(data.resolve("standby.signal"), new byte[0]);
  }

  private static String version(Path root) throws IOException {
    Path file = root.resolve("PG_VERSION");
    return Files.exists(file) ? Files.readString(file).strip() : "";
  }

  private static boolean leadsElsewhere(Path file) throws IOException {
    // Byte for byte: comments may be in any encoding.
    return Files.exists(file)
        && LEADS_ELSEWHERE.matcher(Files.readString(file, StandardCharsets.ISO_8859_1)).find();
  }

  private static String setting(String name, Path path) {
    return name + " = '" + path.toString().replace("\\", "\\\\").replace("'", "''") + "'";
  }

  private static void includeLast(Path file) throws IOException {
    Files.writeString(
        file,
        "\n# Set by Holdfast at restore: this copy is quarantined.\ninclude '" + FILE + "'\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
