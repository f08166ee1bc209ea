package io.holdfast.embedded.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.process.Folders;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PostgresServerTest {
  private static final Login SUPERUSER = new Login("postgres", "it's \"quoted\"");
  private static Path folder;
  private static PostgresServer server;

  @BeforeAll
  static void start() {
    folder = Folders.temporary("server");
    server =
        PostgresServer.create(
                PostgresInstall.newest(),
                folder.resolve("one"),
                SUPERUSER,
                Map.of("application_name", "o'clock"))
            .start();
  }

  @AfterAll
  static void stop() {
    server.close();
    Folders.delete(folder);
  }

  @Test
  void createsTheDataDirectoryWithChecksums() {
    assertThat(server.queryText("show data_checksums")).isEqualTo("on");
  }

  @Test
  void appliesTheSettingsItWasGiven() {
    assertThat(server.queryText("select boot_val from pg_settings where name = 'port'"))
        .isEqualTo("5432");
    assertThat(
            server.queryText(
                "select setting from pg_file_settings where name = 'application_name'"))
        .isEqualTo("o'clock");
  }

  @Test
  void refusesAWrongPassword() {
    assertThatThrownBy(() -> server.connect("postgres", new Login("postgres", "wrong")))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("password authentication failed");
  }

  @Test
  void keepsItsDataAndItsPortOverStopAndStart() {
    int port = server.port();
    server.execute("create table kept (id int)", "insert into kept values (1)");
    server.stop();
    assertThat(server.isRunning()).isFalse();
    server = PostgresServer.open(folder.resolve("one"), SUPERUSER).start();
    assertThat(server.port()).isEqualTo(port);
    assertThat(server.queryText("select count(*) from kept")).isEqualTo("1");
  }

  @Test
  void comesBackAfterAKill() {
    server.execute("create table survives (id int)", "insert into survives values (1)");
    server.kill();
    assertThat(server.isRunning()).isFalse();
    server.start();
    assertThat(server.queryText("select count(*) from survives")).isEqualTo("1");
  }

  @Test
  void failsToStartOnAPortThatAnotherServerHolds() {
    PostgresServer second =
        PostgresServer.create(
            PostgresInstall.newest(), folder.resolve("second"), SUPERUSER, Map.of());
    assertThatThrownBy(() -> second.start(server.port()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("could not create any TCP/IP sockets");
    assertThat(second.isRunning()).isFalse();
  }

  @Test
  void runsEveryMajorThatIsInstalled() {
    for (PostgresInstall install : PostgresInstall.all()) {
      try (PostgresServer one =
          PostgresServer.create(
                  install, folder.resolve("major" + install.major()), SUPERUSER, Map.of())
              .start()) {
        assertThat(one.queryText("show server_version_num"))
            .startsWith(Integer.toString(install.major()));
      }
    }
  }
}
