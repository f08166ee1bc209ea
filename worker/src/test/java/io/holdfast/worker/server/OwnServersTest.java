package io.holdfast.worker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.process.Folders;
import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.process.ChildCommand;
import io.holdfast.worker.process.ChildProcess;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.secret.Login;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers that the worker runs, on data directories of hostile name and hostile configuration. */
class OwnServersTest {
  private static final PostgresInstall INSTALL = PostgresInstall.newest();
  private static final PgTools TOOLS = new PgTools(List.of(INSTALL.bin()));
  private Path folder;
  private Path data;
  private Path source;

  @BeforeEach
  void initialize() throws IOException {
    folder = Files.createTempDirectory("holdfast-own-servers");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    source = Files.createDirectory(folder.resolve("s")).resolve("source");
    ThrowAwayServer.initialize(TOOLS, INSTALL.major(), source);
    Files.writeString(
        source.resolve("postgresql.conf"),
        "\ndata_directory = '" + source + "'\n",
        StandardOpenOption.APPEND);
    data = Files.createDirectory(folder.resolve("d")).resolve("a \"$(touch owned)\" copy");
    String unused =
        ChildProcess.output(
            ChildCommand.of(Path.of("/usr/bin/cp"), "-a", source.toString(), data.toString()),
            100,
            (exit, complaint) -> new JobFailure(ErrorCode.INTERNAL, exit + complaint, null));
  }

  @AfterEach
  void remove() {
    Folders.delete(folder);
  }

  @Test
  void aThrowAwayServerOpensTheCopyAndNotItsSource() throws Exception {
    try (ThrowAwayServer server =
            ThrowAwayServer.start(TOOLS, INSTALL.major(), data, "postgres", Progress.silent());
        Connection connection = server.connect("postgres")) {
      assertThat(dataDirectory(connection)).isEqualTo(data.toString());
    }
  }

  @Test
  void aLastingServerOpensTheCopyAndNoShellReadsItsName() throws Exception {
    int port = LastingServer.start(TOOLS, INSTALL.major(), data, null);
    try (Connection connection =
        Connections.brisk()
            .open(
                new Server("copy", "127.0.0.1", port, "disable", new Login("postgres", null)),
                "postgres")) {
      assertThat(dataDirectory(connection)).isEqualTo(data.toString());
      assertThat(data.resolve("restored-server.log")).exists();
      assertThat(Path.of("owned")).doesNotExist();
      assertThat(data.resolve("owned")).doesNotExist();
    } finally {
      long pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).getFirst());
      ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
      assertThat(server.destroy()).isTrue();
      server.onExit().join();
    }
  }

  @Test
  void aCopyWithoutPgControlDoesNotStart() throws IOException {
    Files.delete(data.resolve("global/pg_control"));
    assertThatThrownBy(
            () ->
                ThrowAwayServer.start(TOOLS, INSTALL.major(), data, "postgres", Progress.silent()))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.RESTORE_FAILED));
  }

  private static String dataDirectory(Connection connection) throws SQLException {
    try (ResultSet row = connection.createStatement().executeQuery("SHOW data_directory")) {
      row.next();
      return row.getString(1);
    }
  }
}
