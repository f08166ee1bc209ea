package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same WAL twice, and WAL of servers that only look like the cluster (fault 4). */
class RefusedWalTest {
  private final Fleet fleet = Fleet.shared();
  private PostgresCluster cluster;
  private PostgresServer primary;
  private String name;
  private ArchivedWal wal;
  private String command;

  @BeforeEach
  void archive() throws Exception {
    cluster =
        fleet.startCluster(
            kind -> kind.standbys(0).setting("archive_mode", "on").setting("wal_keep_size", "1GB"));
    primary = cluster.primary();
    primary.execute("create table step (n int)");
    name = fleet.declareArchived(cluster, fleet.filesystemRepository(), "\"mode\":\"PUSH\"");
    command = primary.queryText("show archive_command");
    wal = ArchivedWal.inFiles(fleet, name);
    Archivers.awaitArchived(primary, write(primary, 1));
  }

  @AfterEach
  void stop() {
    Archivers.end(cluster);
    cluster.close();
  }

  @Test
  void takesASegmentAgainWhenTheServerDiesBeforeItNotesThatItIsArchived() throws Exception {
    // The command has been told that it is stored, and the server has not.
    Archivers.run(primary, command + " && sleep 600");
    String segment = write(primary, 2);
    await().atMost(Duration.ofSeconds(60)).until(() -> wal.has(segment) && archiverSleeps());
    primary.kill();
    Path waiting = primary.data().resolve("pg_wal/archive_status/" + segment + ".ready");
    assertThat(waiting).exists();
    Archivers.run(primary, command);
    primary.start();

    Archivers.awaitArchived(primary, segment);

    assertThat(waiting).doesNotExist();
    String later = write(primary, 3);
    Archivers.awaitArchived(primary, later);
    wal.assertHoldsAll(primary, later);
    assertThat(wal.conflicts()).isEmpty();
    assertThat(wal.events()).doesNotContain("SPLIT_BRAIN", "WAL_MALFORMED");
  }

  private boolean archiverSleeps() {
    return primary
        .process()
        .descendants()
        .anyMatch(child -> child.info().command().orElse("").endsWith("/sleep"));
  }

  @Test
  void keepsOutARestoredCopyThatStillHasTheSourcesCommand() throws Exception {
    String backup = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
    Archivers.awaitArchived(primary, write(primary, 2));
    Path data = fleet.restoreRoot().resolve(name + "/data");
    assertThat(
            fleet
                .finish(
                    fleet.start(
                        "/restores",
                        "{\"backupId\":\"%s\",\"physical\":{\"directory\":\"%s\",\"recovery\":{\"type\":\"LATEST\"}}}"
                            .formatted(backup, data)))
                .path("state")
                .asText())
        .isEqualTo("SUCCEEDED");
    // Whoever lifts the quarantine has the source's configuration in force.
    Files.writeString(data.resolve("holdfast-quarantine.conf"), "");
    PostgresServer copy = PostgresServer.open(data.getParent(), cluster.superuser());
    copy.set(Map.of("archive_mode", "on", "archive_command", command));

    try (copy) {
      copy.start();
      assertThat(copy.queryText("show archive_mode")).isEqualTo("on");
      String foreign = write(copy, 100);
      wal.awaitEvent("FOREIGN_TIMELINE");

      assertThat(wal.has(foreign)).isFalse();
      assertThat(wal.named("[0-9A-F]{8}\\.history\\.zst")).isEmpty();
      assertThat(copy.queryText("select coalesce(last_archived_wal, '') from pg_stat_archiver"))
          .isEmpty();
      Archivers.run(copy, "/bin/true");
    }
    assertSourceGoesOn();
  }

  @Test
  void keepsTheFirstContentWhenASecondServerWritesTheSameTimeline() throws Exception {
    primary.stop();
    Path twinFolder = Files.createDirectory(primary.data().getParent().resolveSibling("twin"));
    String copied =
        Command.of("cp", "-a", primary.data().toString(), twinFolder.toString())
            .run(Duration.ofMinutes(1));
    assertThat(copied).isEmpty();
    primary.start();
    Archivers.awaitArchived(primary, write(primary, 2));
    String last = write(primary, 3);
    Archivers.awaitArchived(primary, last);

    try (PostgresServer twin = PostgresServer.open(twinFolder, cluster.superuser()).start()) {
      String same = write(twin, 100);
      assertThat(same).isLessThanOrEqualTo(last);
      wal.awaitEvent("SPLIT_BRAIN");
      assertThat(wal.conflicts()).isNotEmpty();
      Archivers.run(twin, "/bin/true");
    }
    assertSourceGoesOn();
  }

  private void assertSourceGoesOn() throws Exception {
    String later = write(primary, 4);
    Archivers.awaitArchived(primary, later);
    wal.assertHoldsAll(primary, later);
    wal.awaitWhole(1);
  }

  /** The name of the segment that was ended. */
  private static String write(PostgresServer server, int n) {
    server.execute("insert into step values (" + n + ")");
    return server.queryText("select pg_walfile_name(pg_switch_wal())");
  }
}
