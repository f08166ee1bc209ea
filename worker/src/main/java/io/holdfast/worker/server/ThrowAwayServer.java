package io.holdfast.worker.server;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.process.ChildCommand;
import io.holdfast.worker.process.ChildProcess;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.secret.Login;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A server on a data directory, reachable only through a socket in a folder of its own (mode 0700)
 * and quarantined: no TCP, no archiving, no replication. Whoever starts it closes it; closing stops
 * it and removes the folder, not the data directory. It dies with the worker.
 */
public final class ThrowAwayServer implements Closeable {
  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));
  private static final int PORT = 5432;
  private static final int LOG_TAIL_CHARACTERS = 2000;
  private static final String HBA = "local all all trust\n";

  private final Path folder;
  private final ChildProcess process;
  private final String superuser;

  private ThrowAwayServer(Path folder, ChildProcess process, String superuser) {
    this.folder = folder;
    this.process = process;
    this.superuser = superuser;
  }

  /** Makes an empty data directory of a major version, with {@code postgres} as superuser. */
  public static void initialize(PgTools tools, int major, Path data) {
    prepareForServer(data.getParent());
    ChildProcess.output(
        asServerUser(
            ChildCommand.of(tools.server("initdb", major), "--pgdata=" + data)
                .with(
                    "--username=postgres",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--no-sync",
                    "--no-instructions")),
        10_000,
        (exit, complaint) ->
            new JobFailure(
                ErrorCode.RESTORE_FAILED,
                exit + ": " + complaint,
                "Look at the worker's scratch directory."));
  }

  /**
   * Starts and waits until it accepts connections, which for a restored base backup means that it
   * has reached consistency.
   *
   * @param major of the data directory
   * @param superuser a role that may read everything
   * @throws JobFailure RESTORE_FAILED with the end of the server's log when it does not come up
   */
  public static ThrowAwayServer start(
      PgTools tools, int major, Path data, String superuser, Progress progress) {
    return start(tools, major, data, superuser, List.of(), progress);
  }

  /**
   * As above, for a server that recovers: it accepts connections, for reading, as soon as it is
   * consistent.
   *
   * @param more settings, each {@code name=value}; they beat the others
   */
  public static ThrowAwayServer start(
      PgTools tools, int major, Path data, String superuser, List<String> more, Progress progress) {
    try {
      // Not below a scratch directory: the path of a socket has 107 bytes at the most.
      Path folder = Files.createTempDirectory("holdfast");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      Path hba = Files.writeString(folder.resolve("pg_hba.conf"), HBA);
      Path ident = Files.writeString(folder.resolve("pg_ident.conf"), "");
      prepareForServer(folder);
      ChildProcess process =
          ChildProcess.start(
              asServerUser(
                  ChildCommand.of(tools.server("postgres", major), "-D", data.toString())
                      .with(settings(data, folder, hba, ident))
                      .with(words(more))));
      ThrowAwayServer server = new ThrowAwayServer(folder, process, superuser);
      try (Progress.Registration stop = progress.closeOnStop(server)) {
        server.awaitConnections(progress);
        return server;
      } catch (RuntimeException e) {
        server.closeAfter(e);
        throw e;
      }
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.NO_SPACE,
          "the worker's temporary directory cannot be written: " + e.getMessage(),
          "Look at its space and permissions.",
          e);
    }
  }

  private static List<String> settings(Path data, Path folder, Path hba, Path ident) {
    return words(
        List.of(
            "data_directory=" + data,
            "external_pid_file=",
            "unix_socket_directories=" + folder,
            "unix_socket_permissions=0700",
            "listen_addresses=",
            "port=" + PORT,
            "hba_file=" + hba,
            "ident_file=" + ident,
            "archive_mode=off",
            "ssl=off",
            "logging_collector=off",
            "log_destination=stderr",
            "shared_preload_libraries=",
            "shared_buffers=64MB",
            "max_wal_senders=0",
            "max_logical_replication_workers=0",
            "autovacuum=off",
            "huge_pages=off"));
  }

  private static List<String> words(List<String> settings) {
    List<String> words = new ArrayList<>();
    for (String setting : settings) {
      words.add("-c");
      words.add(setting);
    }
    return words;
  }

  private static ChildCommand asServerUser(ChildCommand command) {
    return ROOT ? command.asUser("postgres") : command;
  }

  /** Gives a folder, and what is in it, to the account that servers run as. */
  public static void prepareForServer(Path folder) {
    if (ROOT) {
      ChildProcess.output(
          ChildCommand.of(
              Path.of("/usr/bin/chown"), "-R", "-h", "postgres:postgres", folder.toString()),
          1000,
          (exit, complaint) ->
              new JobFailure(ErrorCode.RESTORE_FAILED, exit + ": " + complaint, null));
    }
  }

  private void awaitConnections(Progress progress) {
    while (true) {
      progress.advanced(0);
      try (Connection connection = connect("template1")) {
        if (connection.isValid(5)) {
          return;
        }
      } catch (SQLException notYet) {
        requireAlive(notYet);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  /**
   * @param because what was noticed of it; null when nothing was
   * @throws JobFailure RESTORE_FAILED with the end of the server's log when it runs no more
   */
  public void requireAlive(Exception because) {
    if (!process.isAlive()) {
      throw new JobFailure(
          ErrorCode.RESTORE_FAILED,
          "the restored server did not start: " + tail(process.complaint()),
          "Read the server's message; the data directory is not usable as it is.",
          because);
    }
  }

  private static String tail(String log) {
    return log.substring(Math.max(0, log.length() - LOG_TAIL_CHARACTERS)).strip();
  }

  /** For everything that talks to a server; the login is the superuser's. */
  public Server asServer() {
    return new Server("throw-away", folder.toString(), PORT, "disable", new Login(superuser, null));
  }

  /** A connection as superuser, to any database. The caller closes it. */
  public Connection connect(String database) throws SQLException {
    return Connections.patient().open(asServer(), database);
  }

  private void closeAfter(RuntimeException first) {
    try {
      close();
    } catch (IOException e) {
      first.addSuppressed(e);
    }
  }

  /** Stops at once: what a throw-away server wrote is of no use to anybody. Idempotent. */
  @Override
  public void close() throws IOException {
    process.close();
    if (Files.exists(folder)) {
      try (var files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  /**
   * Stops in order, so that the data directory is left clean.
   *
   * @throws JobFailure RESTORE_FAILED when it does not stop
   */
  public void shutDown(PgTools tools, int major, Path data) {
    ChildProcess.output(
        asServerUser(
            ChildCommand.of(
                tools.server("pg_ctl", major),
                "stop",
                "--pgdata=" + data,
                "--mode=fast",
                "--wait",
                "--silent")),
        1000,
        (exit, complaint) ->
            new JobFailure(
                ErrorCode.RESTORE_FAILED, exit + ": " + complaint, "Look at the server's log."));
  }
}
