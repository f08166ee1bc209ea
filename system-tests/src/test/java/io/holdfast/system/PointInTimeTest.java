package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.system.Ledger.Commit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Under load: every acknowledged commit before the target comes back, and none after it. */
class PointInTimeTest {
  @Test
  void bringsBackEveryCommitBeforeTheTargetAndNoneAfter() throws Exception {
    recover(4);
  }

  @Test
  @Tag("slow")
  void bringsThemBackFiftyTimes() throws Exception {
    recover(50);
  }

  /**
   * Where a recovery is to end.
   *
   * @param recovery JSON members
   * @param earliest what was acknowledged before must be there
   * @param latest what was not yet asked for then must not
   * @param exactly a transaction that must be there and no later one; null: none
   */
  private record Target(String recovery, Instant earliest, Instant latest, Commit exactly) {}

  private static void recover(int times) throws Exception {
    long seed = new Random().nextLong();
    System.err.println("PointInTimeTest: seed " + seed);
    Random random = new Random(seed);
    Fleet fleet = Fleet.shared();
    try (PostgresCluster cluster =
        fleet.startCluster(kind -> kind.standbys(0).setting("archive_mode", "on"))) {
      PostgresServer primary = cluster.primary();
      Databases server = fleet.superuser(cluster);
      String name =
          fleet.declareArchived(cluster, fleet.filesystemRepository(), "\"mode\":\"PUSH\"");
      try (Ledger ledger = new Ledger(server)) {
        ledger.write(3);
        String backup = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
        List<Target> targets = new ArrayList<>();
        for (int i = 0; i < times; i++) {
          int seen = ledger.commits().size();
          Awaitility.await().until(() -> ledger.commits().size() > seen + 50 + random.nextInt(200));
          targets.add(target(i, fleet, name, server, ledger));
        }
        ledger.stop();
        server.execute("postgres", "insert into transfer values (0, 'the last word')");
        Archivers.awaitArchived(
            primary, primary.queryText("select pg_walfile_name(pg_switch_wal())"));
        Recoveries recoveries = new Recoveries(fleet, cluster);
        for (Target target : targets) {
          check(recoveries, backup, target, ledger.commits());
        }
      } finally {
        Archivers.end(cluster);
      }
    }
  }

  private static Target target(int i, Fleet fleet, String cluster, Databases server, Ledger ledger)
      throws Exception {
    Instant before = Instant.now();
    String recovery;
    Commit exactly = null;
    switch (i % 4) {
      case 0 ->
          recovery =
              "\"type\":\"TIME\",\"time\":\""
                  + server.one(
                      "postgres",
                      "select to_char(clock_timestamp() at time zone 'UTC',"
                          + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
                  + "\"";
      case 1 ->
          recovery =
              "\"type\":\"LSN\",\"lsn\":\""
                  + server.one("postgres", "select pg_current_wal_insert_lsn()")
                  + "\"";
      case 2 -> {
        List<Commit> commits = ledger.commits();
        exactly = commits.getLast();
        recovery = "\"type\":\"XID\",\"xid\":\"" + exactly.xid() + "\"";
        before = exactly.before();
      }
      default -> {
        String point = "point-" + i;
        String job =
            fleet.start("/clusters/" + cluster + "/restore-points", "{\"name\":\"" + point + "\"}");
        assertThat(fleet.finish(job).path("state").asText()).isEqualTo("SUCCEEDED");
        recovery = "\"type\":\"NAME\",\"name\":\"" + point + "\"";
      }
    }
    Instant after = exactly == null ? Instant.now() : exactly.after();
    return new Target(recovery, before, after, exactly);
  }

  private static void check(
      Recoveries recoveries, String backup, Target target, List<Commit> commits) throws Exception {
    Set<Integer> there = recoveries.transfers(backup, target.recovery());
    assertThat(there).doesNotContain(0);
    for (Commit commit : commits) {
      if (commit.after().isBefore(target.earliest())) {
        assertThat(there).as("%s: %s", target.recovery(), commit).contains(commit.id());
      }
      if (commit.before().isAfter(target.latest())) {
        assertThat(there).as("%s: %s", target.recovery(), commit).doesNotContain(commit.id());
      }
    }
    if (target.exactly() != null) {
      assertThat(there).contains(target.exactly().id());
    }
  }
}
