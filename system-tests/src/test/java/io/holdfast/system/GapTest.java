package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.WalFileName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A segment in the middle of the archive is gone for good (fault 5), asked over REST. */
@Tag("slow")
class GapTest {
  private static final SegmentSize SIZE = new SegmentSize(1 << 20);
  private static final int GONE = 3;
  private static final int BEHIND = 4;
  private static final int AFRESH = 5;
  private static final String STEPS = "select string_agg(n::text, ',' order by n) from step";

  private final Fleet fleet = Fleet.shared();
  private final Map<Integer, String> segments = new HashMap<>();
  private final Map<Integer, String> positions = new HashMap<>();
  private final Map<Integer, Instant> moments = new HashMap<>();

  @Test
  void splitsTheWindowUntilAFullBackupOpensTheNext() throws Exception {
    try (PostgresCluster cluster =
        fleet.startCluster(
            kind -> kind.standbys(0).segmentMegabytes(1).setting("archive_mode", "on"))) {
      PostgresServer primary = cluster.primary();
      String name =
          fleet.declareArchived(cluster, fleet.filesystemRepository(), "\"mode\":\"PUSH\"");
      ArchivedWal wal = ArchivedWal.inFiles(fleet, name);
      Recoveries recoveries = new Recoveries(fleet, cluster);
      primary.execute("create table step (n int primary key)");
      String early = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
      for (int step = 1; step <= BEHIND; step++) {
        commit(primary, step);
        if (step == GONE) {
          pointIn(name, "in-the-gap");
        }
        wal.awaitReaches(primary, moments.get(step));
      }
      wal.awaitWhole(1);

      Files.delete(wal.segments().get(segments.get(GONE)));

      String from = SIZE.start(number(GONE)).toString();
      String to = SIZE.start(number(GONE) + 1).toString();
      wal.awaitShown(
          shown -> {
            assertThat(shown.path("gaps")).hasSize(1);
            assertGap(shown.path("gaps").path(0), from, to);
            assertThat(shown.path("timelines").path(0).path("ranges")).hasSize(2);
            assertThat(shown.path("windows")).hasSize(1);
            assertEndsBefore(shown.path("windows").path(0), early, from);
          });
      assertThat(wal.events()).contains("GAP_FOUND").doesNotContain("GAP_SUPERSEDED");
      assertThat(refused(recoveries, early, position(GONE))).contains(from + " before it");
      assertThat(refused(recoveries, early, "\"type\":\"NAME\",\"name\":\"in-the-gap\""))
          .contains(from + " before it");
      assertThat(refused(recoveries, early, time(BEHIND)))
          .contains(nearestBefore(wal) + " before it");
      assertThat(recoveries.ask(early, time(GONE - 1), STEPS)).isEqualTo("1,2");

      String fresh = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
      commit(primary, AFRESH);
      wal.awaitReaches(primary, moments.get(AFRESH));

      wal.awaitShown(
          shown -> {
            assertThat(shown.path("gaps")).hasSize(1);
            assertGap(shown.path("gaps").path(0), from, to);
            assertThat(shown.path("gaps").path(0).path("supersededBy").asText()).isEqualTo(fresh);
            assertThat(shown.path("windows")).hasSize(2);
            assertThat(shown.path("windows").path(0).path("backupId").asText()).isEqualTo(fresh);
            assertThat(ArchivedWal.toTime(shown.path("windows").path(0)))
                .isAfter(moments.get(AFRESH));
            assertEndsBefore(shown.path("windows").path(1), early, from);
          });
      assertThat(wal.events()).contains("GAP_SUPERSEDED");
      Instant opened =
          Instant.parse(fleet.api().get("/backups/" + fresh).path("finishedAt").asText());
      assertThat(refused(recoveries, fresh, position(GONE)))
          .contains(from + " before it", " after it");
      assertThat(refused(recoveries, early, time(BEHIND)))
          .contains(nearestBefore(wal) + " before it", opened + " after it");
      assertThat(recoveries.ask(early, position(GONE - 1), STEPS)).isEqualTo("1,2");
      assertThat(recoveries.ask(fresh, time(AFRESH), STEPS)).isEqualTo("1,2,3,4,5");
      Archivers.end(cluster);
    }
  }

  private static void assertGap(JsonNode gap, String from, String to) {
    assertThat(gap.path("timeline").asInt()).isEqualTo(1);
    assertThat(gap.path("fromLsn").asText()).isEqualTo(from);
    assertThat(gap.path("toLsn").asText()).isEqualTo(to);
    assertThat(gap.path("bytes").asLong()).isEqualTo(SIZE.bytes());
    assertThat(gap.has("closedAt")).isFalse();
  }

  /** Up to the gap and not beyond; all that was seen before it was written can be reached. */
  private void assertEndsBefore(JsonNode window, String backup, String gap) {
    assertThat(window.path("backupId").asText()).isEqualTo(backup);
    assertThat(window.path("toLsn").asText()).isEqualTo(gap);
    assertThat(ArchivedWal.toTime(window))
        .isAfter(moments.get(GONE - 1))
        .isBefore(moments.get(GONE));
  }

  private static String nearestBefore(ArchivedWal wal) {
    JsonNode windows = wal.windows().path("windows");
    return windows.path(windows.size() - 1).path("toTime").asText();
  }

  /** What the API says to a target that it does not take a job for. */
  private static String refused(Recoveries recoveries, String backup, String recovery) {
    Path nowhere = recoveries.fresh();
    JsonNode problem = recoveries.refused(backup, recovery, nowhere);
    assertThat(problem.path("code").asText()).isEqualTo("target-unreachable");
    assertThat(nowhere).doesNotExist();
    return problem.path("detail").asText();
  }

  private String position(int step) {
    return "\"type\":\"LSN\",\"lsn\":\"" + positions.get(step) + "\"";
  }

  private String time(int step) {
    return "\"type\":\"TIME\",\"time\":\"" + moments.get(step) + "\"";
  }

  private long number(int step) {
    return WalFileName.parse(segments.get(step)).orElseThrow().number(SIZE);
  }

  /** Commits, and notes where, and a moment and a position right behind it. */
  private void commit(PostgresServer primary, int step) {
    primary.execute("insert into step values (" + step + ")", "select pg_sleep(0.02)");
    positions.put(step, primary.queryText("select pg_current_wal_insert_lsn()"));
    segments.put(step, primary.queryText("select pg_walfile_name('" + positions.get(step) + "')"));
    moments.put(
        step,
        Instant.parse(
            primary.queryText(
                "select to_char(clock_timestamp() at time zone 'UTC',"
                    + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")));
  }

  private void pointIn(String cluster, String point) {
    String job =
        fleet.start("/clusters/" + cluster + "/restore-points", "{\"name\":\"" + point + "\"}");
    assertThat(fleet.finish(job).path("state").asText()).isEqualTo("SUCCEEDED");
  }
}
