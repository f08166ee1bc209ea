package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Parts of Holdfast are away for long while a cluster is written to. */
@Tag("slow")
class WalOutageTest {
  // Ten minutes differ from three in nothing but the waiting.
  private static final Duration POOL_AWAY =
      Duration.parse(System.getProperty("holdfast.tests.pool-away", "PT3M"));

  private static final int SEGMENTS_OF_A_BACKUP = 12;

  @Test
  void losesNothingWhenTheWholePoolIsKilledForMinutesUnderLoad() throws Exception {
    try (Fleet fleet = Fleet.own(2);
        PostgresCluster cluster = startCluster(fleet)) {
      PostgresServer primary = cluster.primary();
      String name =
          fleet.declareArchived(
              cluster,
              fleet.filesystemRepository(),
              "\"mode\":\"PUSH\",\"recoveryPointObjective\":\"PT1M\"");
      ArchivedWal wal = ArchivedWal.inFiles(fleet, name);
      try (Ledger ledger = new Ledger(fleet.superuser(cluster))) {
        ledger.write(2);
        String backup = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
        Archivers.awaitArchived(primary, Archivers.endSegment(primary));
        wal.awaitWhole(1);

        fleet.stack().killWorker(0);
        fleet.stack().killWorker(1);
        Instant killed = Instant.now();
        String unarchived = Archivers.endSegment(primary);
        wal.awaitShown(
            shown ->
                assertThat(shown.path("conditions").toString()).contains("UNOBSERVED", "BREACHED"));
        int written = ledger.commits().size();
        Instant inside = Instant.now();
        await()
            .atMost(POOL_AWAY.plusMinutes(1))
            .pollInterval(Duration.ofSeconds(5))
            .until(() -> Instant.now().isAfter(killed.plus(POOL_AWAY)));
        assertThat(wal.windows().path("lag").path("seconds").asDouble())
            .isGreaterThan(POOL_AWAY.toSeconds() - 90);
        assertThat(ledger.commits()).hasSizeGreaterThan(written);
        assertThat(wal.has(unarchived)).isFalse();

        fleet.stack().relaunchWorker(0);
        fleet.stack().restartWorker(1);
        Archivers.awaitArchived(primary, Archivers.endSegment(primary));
        wal.awaitShown(
            shown -> {
              assertThat(shown.path("conditions")).isEmpty();
              assertThat(shown.path("lag").path("seconds").asDouble()).isLessThan(60);
            });
        ledger.stop();
        String last = Archivers.endSegment(primary);
        Archivers.awaitArchived(primary, last);

        wal.awaitWhole(1);
        wal.assertHoldsAll(primary, last);
        assertThat(wal.events())
            .contains("ARCHIVE_UNOBSERVED", "OBJECTIVE_BREACHED")
            .contains("ARCHIVE_OBSERVED", "OBJECTIVE_MET")
            .doesNotContain("GAP_FOUND");
        Recoveries recoveries = new Recoveries(fleet, cluster);
        recoveries.assertHoldsUntil(backup, inside, ledger.commits());
        recoveries.assertHoldsAll(backup, "\"type\":\"LATEST\"", ledger.commits());
      }
      Archivers.end(cluster);
    }
  }

  @Test
  void archivesABackupsWorthOfWalWithoutApiAndKafka() throws Exception {
    try (Fleet fleet = Fleet.own(stack -> stack.workers(1).brokerAsProcess());
        PostgresCluster cluster = startCluster(fleet)) {
      PostgresServer primary = cluster.primary();
      String name =
          fleet.declareArchived(cluster, fleet.filesystemRepository(), "\"mode\":\"PUSH\"");
      ArchivedWal wal = ArchivedWal.inFiles(fleet, name);
      primary.execute("create table step (n int primary key, at timestamptz)");
      String backup = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
      Archivers.awaitArchived(primary, Archivers.endSegment(primary));

      fleet.stack().killApi(0);
      fleet.stack().kafka().kill();
      List<String> moments = new ArrayList<>();
      for (int i = 1; i <= SEGMENTS_OF_A_BACKUP; i++) {
        primary.execute(
            "insert into step values (" + i + ", clock_timestamp())",
            "create table filler_"
                + i
                + " as select repeat(md5(g::text), 30) from"
                + " generate_series(1, 9000) g");
        moments.add(moment(primary));
        Archivers.awaitArchived(primary, Archivers.endSegment(primary));
      }
      String last = Archivers.endSegment(primary);
      Archivers.awaitArchived(primary, last);
      wal.assertHoldsAll(primary, last);
      fleet.stack().kafka().start();
      fleet.stack().restartApi(0);

      wal.awaitWhole(1);
      wal.awaitReaches(primary, Instant.parse(moments.getLast()));
      assertThat(wal.windows().path("windows"))
          .extracting(window -> window.path("backupId").asText())
          .containsExactly(backup);
      Recoveries recoveries = new Recoveries(fleet, cluster);
      for (int i : new int[] {3, SEGMENTS_OF_A_BACKUP}) {
        assertThat(
                recoveries.ask(
                    backup,
                    "\"type\":\"TIME\",\"time\":\"" + moments.get(i - 1) + "\"",
                    "select count(*) || ' ' || max(n) from step"))
            .isEqualTo(i + " " + i);
      }
      Archivers.end(cluster);
    }
  }

  private static PostgresCluster startCluster(Fleet fleet) {
    return fleet.startCluster(
        kind -> kind.standbys(0).setting("archive_mode", "on").setting("wal_keep_size", "8GB"));
  }

  /** A moment behind all that was committed, in UTC. */
  private static String moment(PostgresServer primary) {
    return primary.queryText(
        "select to_char(clock_timestamp() at time zone 'UTC',"
            + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
  }
}
