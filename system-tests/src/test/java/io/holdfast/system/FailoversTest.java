package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The primary is lost twice while WAL is archived; the first one writes on for a while without
 * anybody. What the API shows and what a recovery brings is right on each timeline.
 */
@Tag("slow")
class FailoversTest {
  private final Fleet fleet = Fleet.shared();
  private final Map<Integer, String> moments = new LinkedHashMap<>();
  private final Map<Integer, String> positions = new LinkedHashMap<>();

  @Test
  void showsAndReachesEachTimelineAfterTwoFailovers() throws Exception {
    try (PostgresCluster cluster =
        fleet.startCluster(kind -> kind.standbys(2).setting("archive_mode", "on"))) {
      PostgresServer first = cluster.primary();
      PostgresServer second = cluster.standby(0);
      PostgresServer third = cluster.standby(1);
      String name =
          fleet.declareArchived(cluster, fleet.filesystemRepository(), "\"mode\":\"PUSH\"");
      ArchivedWal wal = ArchivedWal.inFiles(fleet, name);
      first.execute("create table step (n int primary key)");
      String backup = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
      commit(first, 1);
      end(first);
      commit(first, 2);
      cluster.awaitAllCaughtUp();

      detach(third, first, second);
      second.promote();
      follow(third, second);
      // The old primary does not know yet.
      commit(first, 100);
      end(first);
      commit(first, 101);
      end(first);
      first.stop();
      commit(second, 3);
      end(second);
      commit(second, 4);
      awaitReplayed(third, second);
      second.kill();
      third.promote();
      commit(third, 5);
      end(third);
      commit(third, 6);
      end(third);

      showsEachTimeline(wal, backup);
      String late = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
      end(third);
      reachesEachTimeline(cluster, backup, late);
      Archivers.end(cluster);
    }
  }

  private static void showsEachTimeline(ArchivedWal wal, String backup) {
    wal.awaitShown(
        shown -> {
          assertThat(shown.path("gaps")).isEmpty();
          assertThat(shown.path("timelines"))
              .extracting(timeline -> timeline.path("timeline").asInt())
              .containsExactly(1, 2, 3);
          assertThat(shown.path("timelines"))
              .allSatisfy(
                  timeline -> assertThat(timeline.path("historyArchived").asBoolean()).isTrue());
          assertThat(shown.path("windows"))
              .extracting(window -> window.path("timeline").asInt())
              .containsExactly(3, 2, 1);
          assertThat(shown.path("windows"))
              .allSatisfy(window -> assertThat(window.path("backupId").asText()).isEqualTo(backup));
          assertThat(shown.path("lag").path("node").asText()).isEqualTo("standby-2");
          assertThat(shown.path("lag").path("timeline").asInt()).isEqualTo(3);
        });
  }

  private void reachesEachTimeline(PostgresCluster cluster, String backup, String late)
      throws Exception {
    Recoveries recoveries = new Recoveries(fleet, cluster);
    String steps = "select string_agg(n::text, ',' order by n) from step";
    assertThat(recoveries.ask(backup, "\"type\":\"LATEST\"", steps)).isEqualTo("1,2,3,4,5,6");
    assertThat(recoveries.ask(backup, time(5), steps)).isEqualTo("1,2,3,4,5");
    assertThat(recoveries.ask(backup, time(3), steps)).isEqualTo("1,2,3");
    assertThat(recoveries.ask(backup, time(1), steps)).isEqualTo("1");
    assertThat(
            recoveries.ask(
                backup,
                "\"type\":\"LSN\",\"timeline\":\"1\",\"lsn\":\"" + positions.get(100) + "\"",
                steps))
        .isEqualTo("1,2,100");
    assertThat(recoveries.ask(backup, time(101) + ",\"timeline\":\"current\"", steps))
        .isEqualTo("1,2,100,101");

    Path nowhere = recoveries.fresh();
    JsonNode refused = recoveries.refused(late, "\"type\":\"LATEST\",\"timeline\":\"1\"", nowhere);
    assertThat(refused.path("code").asText()).isEqualTo("target-unreachable");
    assertThat(refused.path("detail").asText())
        .startsWith("Backup " + late)
        .contains("does not lead to that target on timeline 1");
    assertThat(nowhere).doesNotExist();
  }

  private String time(int step) {
    return "\"type\":\"TIME\",\"time\":\"" + moments.get(step) + "\"";
  }

  /** Commits, and notes a moment and a position between this commit and the next. */
  private void commit(PostgresServer server, int n) {
    server.execute("insert into step values (" + n + ")", "select pg_sleep(0.02)");
    positions.put(n, server.queryText("select pg_current_wal_insert_lsn()"));
    moments.put(
        n,
        server.queryText(
            "select to_char(clock_timestamp() at time zone 'UTC',"
                + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"));
    server.execute("select pg_sleep(0.02)");
  }

  /** Ends the segment and waits until it is archived. */
  private static void end(PostgresServer server) {
    Archivers.awaitArchived(server, Archivers.endSegment(server));
  }

  /**
   * Ends what a standby receives, where another one has at least as much: one that has more of the
   * old timeline cannot follow the new one.
   */
  private static void detach(PostgresServer standby, PostgresServer primary, PostgresServer other) {
    standby.execute("alter system set primary_conninfo = ''", "select pg_reload_conf()");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> standby.queryText("select count(*) from pg_stat_wal_receiver").equals("0"));
    primary.execute("select pg_logical_emit_message(true, 'test', 'for the other one alone')");
    awaitReplayed(other, primary);
  }

  /** Has a standby follow another server. */
  private static void follow(PostgresServer standby, PostgresServer primary) {
    standby.execute(
        "alter system set primary_slot_name = ''",
        "alter system set primary_conninfo = 'host="
            + primary.host()
            + " port="
            + primary.port()
            + " user="
            + primary.superuser().username()
            + " password="
            + primary.superuser().password()
            + "'",
        "select pg_reload_conf()");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                standby
                    .queryText("select coalesce(max(sender_port), 0) from pg_stat_wal_receiver")
                    .equals(Integer.toString(primary.port())));
  }

  private static void awaitReplayed(PostgresServer standby, PostgresServer primary) {
    String position = primary.queryText("select pg_current_wal_flush_lsn()");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                standby
                    .queryText("select pg_last_wal_replay_lsn() >= '" + position + "'")
                    .equals("t"));
  }
}
