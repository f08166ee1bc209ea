package io.holdfast.bench;

import io.holdfast.embedded.Stack;
import io.holdfast.embedded.process.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The peer as its manual sets it up: a stanza, two repositories (a directory and the same S3 store
 * as ours), the server archives into both.
 */
final class PgBackRest {
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
    this.command = "pgbackrest --config=" + configuration + " --stanza=bench ";
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
    // archive-push goes to every configured repository; each has a configuration of its own here.
    try {
      Path alone = configuration.resolveSibling("pgbackrest-" + number + ".conf");
      String other = "repo" + (3 - number) + "-";
      String all =
          Files.readString(configuration)
              .replaceAll("(?m)^" + other + ".*\n", "")
              .replace("repo" + number + "-", "repo1-")
              .replace("process-max=2", "process-max=2\narchive-async=y");
      Files.writeString(alone, all);
      return "pgbackrest --config=" + alone + " --stanza=bench archive-push %p";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes archived segments and what the asynchronous push remembers of them. */
  void forgetArchive() throws IOException {
    for (Path archive :
        List.of(
            repository.resolve("archive/bench"),
            stage.store().folderOf(Stack.BUCKET).resolve("pgbackrest/archive/bench"))) {
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
    return backup(1, repository.resolve("backup"));
  }

  /** How many bytes more the store holds. */
  long backupToS3() {
    return backup(2, stage.store().folderOf(Stack.BUCKET).resolve("pgbackrest/backup"));
  }

  private long backup(int number, Path backups) {
    long before = Clocked.bytesBelow(backups);
    as("--repo=" + number + " --type=full backup");
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
