package io.holdfast.embedded.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.process.Folders;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PostgresClusterTest {
  private static Path folder;
  private static PostgresCluster cluster;

  @BeforeAll
  static void start() {
    folder = Folders.temporary("cluster");
    cluster = PostgresCluster.in(folder).standbys(2).tablespace("fast disk").start();
  }

  @AfterAll
  static void stop() {
    cluster.close();
    Folders.delete(folder);
  }

  @Test
  @Order(1)
  void streamsToBothStandbysTablespacesIncluded() {
    cluster
        .primary()
        .execute(
            "create table rows (id int) tablespace \"fast disk\"",
            "insert into rows select generate_series(1, 100)");
    cluster.awaitAllCaughtUp();
    for (PostgresServer standby : cluster.standbys()) {
      assertThat(standby.queryText("select pg_is_in_recovery()")).isEqualTo("t");
      assertThat(standby.queryText("select count(*) from rows")).isEqualTo("100");
    }
    assertThat(
            cluster
                .primary()
                .queryText(
                    "select string_agg(application_name, ',' order by 1) from pg_stat_replication"))
        .isEqualTo("standby-1,standby-2");
  }

  @Test
  @Order(2)
  void letsTheBackupLoginReadAndReplicateButNotWrite() throws SQLException {
    cluster.primary().execute("create table readable as select 1 as id");
    try (Connection connection = cluster.primary().connect("postgres", cluster.backupLogin());
        Statement statement = connection.createStatement()) {
      assertThat(statement.execute("select * from readable")).isTrue();
      assertThat(statement.execute("select rolreplication from pg_roles")).isTrue();
      assertThatThrownBy(() -> statement.execute("insert into readable values (2)"))
          .hasMessageContaining("permission denied");
    }
  }

  @Test
  @Order(3)
  void pausesAndResumesTheReplayOfOneStandby() {
    cluster.pauseReplay(0);
    cluster.primary().execute("create table later (id int)");
    cluster.awaitCaughtUp(1);
    assertThat(cluster.standby(0).queryText("select to_regclass('later') is null")).isEqualTo("t");
    cluster.resumeReplay(0);
    cluster.awaitCaughtUp(0);
    assertThat(cluster.standby(0).queryText("select to_regclass('later') is null")).isEqualTo("f");
  }

  @Test
  @Order(4)
  void comesBackFromItsFolderOnTheSamePorts() {
    int port = cluster.standby(1).port();
    cluster.close();
    cluster = PostgresCluster.in(folder).standbys(2).start();
    assertThat(cluster.standby(1).port()).isEqualTo(port);
    assertThat(cluster.standby(1).queryText("select count(*) from rows")).isEqualTo("100");
  }

  @Test
  @Order(5)
  void promotesAStandby() {
    cluster.primary().stop();
    cluster.promote(1);
    cluster.standby(1).execute("insert into rows values (101)");
    assertThat(cluster.standby(1).queryText("select count(*) from rows")).isEqualTo("101");
  }
}
