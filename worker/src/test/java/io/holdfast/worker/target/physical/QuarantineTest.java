package io.holdfast.worker.target.physical;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.process.Folders;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.process.ChildCommand;
import io.holdfast.worker.process.ChildProcess;
import io.holdfast.worker.secret.Login;
import io.holdfast.worker.server.ThrowAwayServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A copy of a source whose configuration leads back to it in every way, started by hand: {@code
 * postgres -D copy} and nothing else but another port. On every major that is installed.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("io.holdfast.embedded.postgres.PostgresInstall#all")
class QuarantineTest {
  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));
  private final PostgresInstall install;
  private Path folder;
  private Path source;
  private Path copy;

  QuarantineTest(PostgresInstall install) {
    this.install = install;
  }

  @BeforeEach
  void initialize() throws IOException {
    folder = Files.createTempDirectory("holdfast-quarantine");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    copy = folder.resolve("it's the copy");
    source = Files.createDirectory(folder.resolve("s")).resolve("source");
    ThrowAwayServer.initialize(new PgTools(List.of(install.bin())), install.major(), source);
    Files.writeString(source.resolve("elsewhere_hba.conf"), "local all all reject\n");
    Files.copy(source.resolve("pg_ident.conf"), source.resolve("elsewhere_ident.conf"));
    Files.writeString(
        source.resolve("postgresql.auto.conf"),
        "archive_command = 'touch " + folder + "/archived'\narchive_mode = 'on'\n",
        StandardOpenOption.APPEND);
  }

  @AfterEach
  void remove() {
    Folders.delete(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgresql.conf", "included.conf"})
  void neitherOpensNorArchivesIntoItsSourceWhenSomebodyStartsItByHand(String where)
      throws Exception {
    Files.writeString(
        source.resolve(where), leadingBack(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    Files.writeString(
        source.resolve("postgresql.conf"),
        where.equals("included.conf") ? "\ninclude '" + source.resolve(where) + "'" : "",
        StandardOpenOption.APPEND);
    restore();

    try (ChildProcess server = startByHand();
        Connection connection = connect(server)) {
      assertThat(setting(connection, "data_directory")).isEqualTo(copy.toString());
      assertThat(setting(connection, "hba_file")).isEqualTo(copy + "/pg_hba.conf");
      assertThat(setting(connection, "ident_file")).isEqualTo(copy + "/pg_ident.conf");
      assertThat(setting(connection, "external_pid_file")).isEmpty();
      assertThat(setting(connection, "archive_mode")).isEqualTo("off");
      assertThat(setting(connection, "primary_conninfo")).isEmpty();
      connection.createStatement().execute("SELECT pg_switch_wal()");
      connection.createStatement().execute("CHECKPOINT");

      // What an administrator changes later does not lift the rest.
      connection.createStatement().execute("ALTER SYSTEM SET work_mem = '5MB'");
      assertThat(Files.readString(copy.resolve("postgresql.auto.conf")))
          .contains("work_mem")
          .containsSubsequence("archive_mode = 'on'", "archive_mode = 'off'");
    }
    assertThat(folder.resolve("archived")).doesNotExist();
    assertThat(folder.resolve("source.pid")).doesNotExist();
    assertThat(source.resolve("postmaster.opts")).doesNotExist();
  }

  private String leadingBack() {
    return String.join(
        "\n",
        "",
        "DATA_DIRECTORY '" + source + "'",
        "hba_file = '" + source + "/elsewhere_hba.conf'",
        "ident_file = '" + source + "/elsewhere_ident.conf'",
        "external_pid_file = '" + folder + "/source.pid'",
        "archive_mode = on",
        "archive_command = 'touch " + folder + "/archived'",
        "primary_conninfo = 'host=source'",
        "");
  }

  private void restore() throws IOException {
    Map<String, byte[]> configuration = new TreeMap<>();
    configuration.put("postgresql.conf", "not used".getBytes(StandardCharsets.UTF_8));
    configuration.put("pg_hba.conf", "local all all trust\n".getBytes(StandardCharsets.UTF_8));
    configuration.put("pg_ident.conf", new byte[0]);
    try (DirectoryRestore restore =
            DirectoryRestore.check(
                copy, List.of(), Map.of(), path -> path.startsWith(folder), "run");
        ChildProcess tar =
            ChildProcess.start(
                ChildCommand.of(Path.of("/usr/bin/tar"), "-c", "-C", source.toString())
                    .with(children(source)))) {
      restore.stage();
      restore.extractBase(tar.stdout());
      restore.publish(configuration);
    }
  }

  private static List<String> children(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.map(path -> path.getFileName().toString()).toList();
    }
  }

  private ChildProcess startByHand() {
    ChildCommand postgres =
        ChildCommand.of(
            Path.of(install.program("postgres")),
            "-D",
            copy.toString(),
            "-c",
            "listen_addresses=",
            "-c",
            "unix_socket_directories=" + sockets());
    return ChildProcess.start(ROOT ? postgres.asUser("postgres") : postgres);
  }

  /** Short: the path of a socket has 107 bytes at the most. */
  private Path sockets() {
    try {
      Path sockets = Files.createDirectories(folder.resolve("sockets"));
      Files.setOwner(sockets, Files.getOwner(copy));
      return sockets;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Connection connect(ChildProcess server) {
    Server there =
        new Server("copy", sockets().toString(), 5432, "disable", new Login("postgres", null));
    return Awaitility.await()
        .until(
            () -> {
              try {
                return Connections.brisk().open(there, "postgres");
              } catch (SQLException e) {
                if (!server.isAlive()) {
                  throw new JobFailure(
                      io.holdfast.model.ErrorCode.INTERNAL, server.complaint(), null, e);
                }
                return null;
              }
            },
            connection -> connection != null);
  }

  private static String setting(Connection connection, String name) throws SQLException {
    try (ResultSet row = connection.createStatement().executeQuery("SHOW " + name)) {
      row.next();
      return row.getString(1);
    }
  }
}
