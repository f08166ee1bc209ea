package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** WAL segments of other sizes than 16 MB, pushed and streamed, up to a recovery. */
@Tag("slow")
class SegmentSizesTest {
  private static final Duration SOON = Duration.ofSeconds(90);

  private final Fleet fleet = Fleet.shared();

  @ParameterizedTest
  @CsvSource({"1, PUSH", "64, PUSH", "1, STREAM", "64, STREAM"})
  void archivesAndRecoversToAMoment(int megabytes, String mode) throws Exception {
    try (PostgresCluster cluster =
        fleet.startCluster(
            kind ->
                kind.standbys(0)
                    .segmentMegabytes(megabytes)
                    .setting("archive_mode", mode.equals("PUSH") ? "on" : "off")
                    .setting("min_wal_size", 2 * megabytes + "MB")
                    .setting("max_slot_wal_keep_size", "2GB")
                    .setting("wal_keep_size", "2GB"))) {
      PostgresServer primary = cluster.primary();
      primary.execute("create table step (n int)", "create table filler (t text)");
      String name =
          fleet.declareArchived(cluster, fleet.filesystemRepository(), "\"mode\":\"" + mode + "\"");
      ArchivedWal wal = ArchivedWal.inFiles(fleet, name);
      await().atMost(SOON).until(() -> mode.equals("PUSH") || streams(primary));
      String backup = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
      primary.execute("insert into step values (1)");
      // More than one segment of the smaller size, a part of one of the larger.
      fillMegabytes(primary, 5);
      String moment =
          primary.queryText(
              "select to_char(clock_timestamp() at time zone 'UTC',"
                  + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
      primary.execute("insert into step values (2)");
      fillMegabytes(primary, megabytes);
      String last = Archivers.endSegment(primary);
      await().atMost(SOON).until(() -> wal.has(last));

      wal.assertHoldsAll(primary, last);
      wal.awaitWhole(1);
      Recoveries recoveries = new Recoveries(fleet, cluster);
      String steps = "select string_agg(n::text, ',' order by n) from step";
      assertThat(recoveries.ask(backup, "\"type\":\"TIME\",\"time\":\"" + moment + "\"", steps))
          .isEqualTo("1");
      assertThat(recoveries.ask(backup, "\"type\":\"LATEST\"", steps)).isEqualTo("1,2");
      Archivers.end(cluster);
    }
  }

  private static boolean streams(PostgresServer primary) {
    return primary.queryText("select count(*) from pg_replication_slots where active").equals("1");
  }

  private static void fillMegabytes(PostgresServer primary, int megabytes) {
    primary.execute(
        "insert into filler select repeat('x', 950) from generate_series(1, "
            + megabytes * 1000
            + ")");
  }
}
