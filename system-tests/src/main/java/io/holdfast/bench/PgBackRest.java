package io.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The peer as its manual sets it up: a stanza, a repository, the server archives into it. */
final class PgBackRest {
  private final BenchStage stage;
  private final Path repository;
  private final String command;

  PgBackRest(BenchStage stage) {
    this.stage = stage;
    Path home =
        io.holdfast.embedded.process.Account.forPostgres()
            .createPrivate(stage.folder().resolve("pgbackrest"));
    this.repository = home.resolve("repository");
    Path configuration = home.resolve("pgbackrest.conf");
    try {
      Files.writeString(
          configuration,
          String.join(
              "\n",
              "[global]",
              "repo1-path=" + repository,
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

  private void as(String arguments) {
    Shell.run(AsServer.prefix() + command + arguments, Map.of());
  }

  /** How many bytes more the repository holds. */
  long backup() {
    Path backups = repository.resolve("backup");
    long before = Clocked.bytesBelow(backups);
    as("--type=full backup");
    return Clocked.bytesBelow(backups) - before;
  }

  /** Restores the last backup and returns when the copy accepts connections. */
  void restore(Path data, int port) {
    as(
        "--pg1-path='"
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
