package io.holdfast.bench;

import io.holdfast.embedded.Stack;
import io.holdfast.embedded.process.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The peer as its manual sets it up: a stanza, two repositories (a directory and the same S3 store
 * as ours), the server archives into both.
 */
final class PgBackRest {
  /** Debian's own knows PostgreSQL up to 15; a newer one is named by this variable. */
  private static final String PROGRAM =
      Optional.ofNullable(System.getenv("HOLDFAST_BENCH_PGBACKREST")).orElse("pgbackrest");

  private final BenchStage stage;
  private final Path repository;
  private final Path configuration;
  private final String command;

  PgBackRest(BenchStage stage) {
    this.stage = stage;
    Path home =
        io.holdfast.embedded.process.Account.forPostgres()
            .createPrivate(stage.folder().resolve("pgbackrest"));
    this.repository = home.resolve("repository");
    this.configuration = home.resolve("pgbackrest.conf");
    try {
      Files.writeString(
          configuration,
          String.join(
              "\n",
              "[global]",
              "repo1-path=" + repository,
              "repo2-type=s3",
              "repo2-path=/pgbackrest",
              "repo2-s3-bucket=" + Stack.BUCKET,
              "repo2-s3-endpoint=127.0.0.1",
              "repo2-storage-port=" + stage.store().port(),
              "repo2-storage-verify-tls=n",
              "repo2-s3-region=us-east-1",
              "repo2-s3-uri-style=path",
              "repo2-s3-key=" + stage.store().accessKey(),
              "repo2-s3-key-secret=" + stage.store().secretKey(),
              "lock-path=" + home.resolve("lock"),
              "spool-path=" + home.resolve("spool"),
              "log-level-file=off",
              "log-level-console=warn",
              "compress-type=zst",
              "compress-level=3",
              "process-max=2",
              "start-fast=y",
              "archive-check=n",
              "expire-auto=n",
              "[bench]",
              "pg1-path=" + stage.server().data(),
              "pg1-port=" + stage.server().port(),
              "pg1-socket-path=" + socketFolder(stage),
              ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.command = PROGRAM + " --config=" + configuration + " --stanza=bench ";
    as("stanza-create");
    stage.server().set(Map.of("archive_command", command + "archive-push %p"));
    stage.server().execute("SELECT pg_reload_conf()");
  }

  private static String socketFolder(BenchStage stage) {
    return stage
        .server()
        .queryText("SELECT split_part(current_setting('unix_socket_directories'), ',', 1)");
  }

  /**
   * An archive command that pushes ahead, to one repository only.
   *
   * @param number of the repository
   */
  String asynchronousPush(int number) {
    return alone(number, "archive-async=y") + " archive-push %p";
  }

  /** An archive command that pushes to one repository only and waits for it. */
  String push(int number) {
    return alone(number, "archive-async=n") + " archive-push %p";
  }

  /**
   * A restore command that fetches ahead from one repository.
   *
   * @param data the copy that recovers
   */
  String asynchronousGet(int number, Path data) {
    return alone(number, "archive-async=y") + " --pg1-path='" + data + "' archive-get %f '%p'";
  }

  /** With a configuration of its own: archive-push goes to every configured repository. */
  private String alone(int number, String option) {
    try {
      Path alone = configuration.resolveSibling("pgbackrest-" + number + "-" + option + ".conf");
      String other = "repo" + (3 - number) + "-";
      String all =
          Files.readString(configuration)
              .replaceAll("(?m)^" + other + ".*\n", "")
              .replace("repo" + number + "-", "repo1-")
              .replace("process-max=2", "process-max=2\n" + option);
      Files.writeString(alone, all);
      return PROGRAM + " --config=" + alone + " --stanza=bench";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Where its archive lies.
   *
   * @param number of the repository
   */
  Path archiveFolder(int number) {
    return number == 1
        ? repository.resolve("archive/bench")
        : stage.store().folderOf(Stack.BUCKET).resolve("pgbackrest/archive/bench");
  }

  /** Removes archived segments and what the asynchronous push remembers of them. */
  void forgetArchive() throws IOException {
    for (Path archive : List.of(archiveFolder(1), archiveFolder(2))) {
      if (Files.exists(archive)) {
        try (Stream<Path> entries = Files.list(archive)) {
          entries.filter(Files::isDirectory).forEach(Folders::delete);
        }
      }
    }
    Path spool = configuration.resolveSibling("spool");
    if (Files.exists(spool)) {
      Folders.delete(spool);
    }
  }

  private void as(String arguments) {
    Shell.run(AsServer.prefix() + command + arguments, Map.of());
  }

  /** How many bytes more the directory holds. */
  long backupToDirectory() {
    return backup(1, "full", repository.resolve("backup"));
  }

  /** How many bytes more the store holds. */
  long backupToS3() {
    return backup(2, "full", stage.store().folderOf(Stack.BUCKET).resolve("pgbackrest/backup"));
  }

  /** Whether it knows this major, as far as the versions say that Debian has. */
  static boolean knows(int major) {
    String version = Shell.run(PROGRAM + " version", Map.of()).replaceAll("[^0-9.]", "");
    String[] parts = version.split("\\.");
    int minor = Integer.parseInt(parts[1]);
    return major <= 15
        || (major <= 16 && minor >= 48)
        || (major <= 17 && minor >= 54)
        || minor >= 57;
  }

  /** From now on backups keep changed blocks only, as the manual says that it is set up. */
  void blockIncremental() {
    try {
      String all =
          Files.readString(configuration)
              .replace(
                  "expire-auto=n",
                  "expire-auto=n\nrepo1-bundle=y\nrepo1-block=y\nrepo2-bundle=y\nrepo2-block=y");
      Files.writeString(configuration, all);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What changed since the last full one; how many bytes more the directory holds. */
  long differentialToDirectory() {
    return backup(1, "diff", repository.resolve("backup"));
  }

  /** As {@link #differentialToDirectory}. */
  long differentialToS3() {
    return backup(2, "diff", stage.store().folderOf(Stack.BUCKET).resolve("pgbackrest/backup"));
  }

  private long backup(int number, String type, Path backups) {
    long before = Clocked.bytesBelow(backups);
    as("--repo=" + number + " --type=" + type + " backup");
    return Clocked.bytesBelow(backups) - before;
  }

  /**
   * Restores the last backup and returns when the copy accepts connections.
   *
   * @param number of the repository: 1 is the directory, 2 the store
   */
  void restore(int number, Path data, int port) {
    as(
        "--repo="
            + number
            + " --pg1-path='"
            + data
            + "' --archive-mode=off --type=immediate --target-action=promote restore");
    Shell.run(
        AsServer.prefix()
            + stage.program("pg_ctl")
            + " start -s -w -D '"
            + data
            + "' -l '"
            + data
            + "/start.log' -o '-p "
            + port
            + " -c listen_addresses=127.0.0.1 -c unix_socket_directories='",
        Map.of());
  }
}
