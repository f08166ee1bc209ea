package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The worker that streams is killed in mid segment. */
@Tag("slow")
class WalStreamFaultsTest {
  private static final int KILLS = 4;
  private static final Duration SOON = Duration.ofSeconds(90);

  @Test
  void goesOnWithAnotherWorkerOfThePoolAndTheSameSlot() throws Exception {
    try (Fleet fleet = Fleet.own(2);
        PostgresCluster cluster =
            fleet.startCluster(
                kind ->
                    kind.standbys(0)
                        .setting("max_slot_wal_keep_size", "2GB")
                        .setting("wal_keep_size", "4GB"))) {
      PostgresServer primary = cluster.primary();
      String name =
          fleet.declareArchived(
              cluster,
              fleet.filesystemRepository(),
              "\"mode\":\"STREAM\",\"partialInterval\":\"PT1S\"");
      ArchivedWal wal = ArchivedWal.inFiles(fleet, name);
      await().atMost(SOON).until(() -> reader(primary).equals("1"));
      String slot = slot(primary);
      try (Ledger ledger = new Ledger(fleet.superuser(cluster))) {
        String backup = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
        ledger.write(2);
        for (int i = 0; i < KILLS; i++) {
          awaitStored(wal, Archivers.endSegment(primary));
          int streaming = streaming(fleet, name);
          // Some of the segment has come: a part of it is stored.
          String growing = primary.queryText("select pg_walfile_name(pg_current_wal_lsn())");
          await()
              .atMost(SOON)
              .until(
                  () ->
                      !wal.named(growing + ".*growing\\.zst").isEmpty()
                          || Archivers.endSegment(primary).compareTo(growing) > 0);
          long before = taken(fleet, 1 - streaming, name);

          fleet.stack().killWorker(streaming);
          await().atMost(SOON).until(() -> taken(fleet, 1 - streaming, name) > before);
          assertThat(slot(primary)).isEqualTo(slot);
          fleet.stack().restartWorker(streaming);
        }
        ledger.stop();
        String last = Archivers.endSegment(primary);
        awaitStored(wal, last);

        wal.assertHoldsAll(primary, last);
        assertThat(wal.conflicts()).isEmpty();
        wal.awaitWhole(1);
        assertThat(wal.events()).doesNotContain("SPLIT_BRAIN", "SLOT_LOST", "GAP_FOUND");
        new Recoveries(fleet, cluster)
            .assertHoldsAll(backup, "\"type\":\"LATEST\"", ledger.commits());
      }
    }
  }

  private static void awaitStored(ArchivedWal wal, String segment) {
    await().atMost(SOON).until(() -> wal.has(segment));
  }

  private static String reader(PostgresServer primary) {
    return primary.queryText("select count(*) from pg_replication_slots where active");
  }

  private static String slot(PostgresServer primary) {
    return primary.queryText(
        "select string_agg(slot_name || ' ' || slot_type || ' ' || wal_status, ',')"
            + " from pg_replication_slots");
  }

  /** The worker that took the stream last; the other says that it is taken. */
  private static int streaming(Fleet fleet, String cluster) {
    return IntStream.range(0, 2)
        .filter(worker -> lastWord(fleet, worker, cluster).contains("streaming cluster"))
        .findFirst()
        .orElseThrow();
  }

  private static String lastWord(Fleet fleet, int worker, String cluster) {
    return log(fleet, worker)
        .filter(
            line ->
                line.contains("streaming cluster " + cluster)
                    || line.contains("of cluster " + cluster + " is not streamed"))
        .reduce("", (former, later) -> later);
  }

  private static long taken(Fleet fleet, int worker, String cluster) {
    return log(fleet, worker).filter(line -> line.contains("streaming cluster " + cluster)).count();
  }

  private static Stream<String> log(Fleet fleet, int worker) {
    try {
      return Files.readAllLines(fleet.stack().workerLog(worker)).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
