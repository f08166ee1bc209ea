package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.fault.Fault;
import io.holdfast.embedded.fault.FaultProxy;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** A bucket that answers 503 while WAL is pushed, streamed and recovered (faults 5, 15 and 16). */
@Tag("slow")
@TestInstance(Lifecycle.PER_CLASS)
class WalStoreFaultsTest {
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final int STEPS = 12;

  private Fleet fleet;
  private FaultProxy store;
  private String repository;

  @BeforeAll
  void start() {
    fleet = Fleet.own(1);
    store = FaultProxy.to("127.0.0.1", fleet.stack().s3().port());
    repository = fleet.s3RepositoryAt("http://" + store.endpoint());
  }

  @AfterEach
  void mend() {
    store.pass();
    if (!fleet.stack().workerProcess(0).isAlive()) {
      fleet.stack().restartWorker(0);
    }
  }

  @AfterAll
  void stop() {
    store.close();
    fleet.close();
  }

  @Test
  void acknowledgesNothingThatABusyStoreHasNotTakenAndGoesOnAfterwards() throws Exception {
    try (PostgresCluster cluster = startCluster("archive_mode", "on")) {
      PostgresServer primary = cluster.primary();
      String name = fleet.declareArchived(cluster, repository, "\"mode\":\"PUSH\"");
      ArchivedWal wal = ArchivedWal.inStore(fleet, name);
      String before = write(primary, 1);
      Archivers.awaitArchived(primary, before);
      wal.awaitWhole(1);
      wal.awaitShown(shown -> assertThat(shown.path("conditions")).isEmpty());
      int known = wal.events().size();
      int fired = store.fired();

      store.set(new Fault.Unavailable());
      String refused = write(primary, 2);
      write(primary, 3);
      wal.awaitShown(shown -> assertThat(shown.path("conditions").toString()).contains("STALLED"));
      assertThat(store.fired()).isGreaterThan(fired);
      assertThat(primary.queryText("select last_archived_wal from pg_stat_archiver"))
          .isLessThan(refused);
      assertThat(primary.data().resolve("pg_wal/archive_status/" + refused + ".ready")).exists();
      assertThat(wal.has(refused)).isFalse();
      store.pass();

      String last = write(primary, 4);
      Archivers.awaitArchived(primary, last);
      wal.awaitShown(shown -> assertThat(shown.path("conditions")).isEmpty());
      assertThat(wal.events().stream().skip(known))
          .containsSubsequence("ARCHIVE_STALLED", "ARCHIVE_RESUMED");
      wal.awaitWhole(1);
      wal.assertHoldsAll(primary, last);
      Archivers.end(cluster);
    }
  }

  @Test
  void waitsInTheMiddleOfARecoveryAndOpensNothingWhenTheWorkerIsKilledThere() throws Exception {
    try (PostgresCluster cluster = startCluster("archive_mode", "on")) {
      PostgresServer primary = cluster.primary();
      String name = fleet.declareArchived(cluster, repository, "\"mode\":\"PUSH\"");
      primary.execute("create table step (n int)");
      String backup = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
      for (int i = 1; i <= STEPS; i++) {
        primary.execute("insert into step values (" + i + ")");
        Archivers.awaitArchived(primary, write(primary, i));
      }
      Archivers.end(cluster);
      List<String> archived = List.copyOf(ArchivedWal.inStore(fleet, name).segments().keySet());
      // The proof of the way to the end reads the last ones; this one is read by recovery alone.
      String middle = archived.get(archived.size() - STEPS / 2);
      Recoveries recoveries = new Recoveries(fleet, cluster);

      Path late = recoveries.fresh();
      String waiting = recoverWithoutStoreFrom(middle, recoveries, backup, late);
      int fired = store.fired();
      await()
          .during(Duration.ofSeconds(10))
          .atMost(Duration.ofSeconds(15))
          .untilAsserted(
              () -> assertThat(fleet.job(waiting).path("state").asText()).isEqualTo("RUNNING"));
      assertThat(store.fired()).isGreaterThan(fired);
      assertThat(late.resolve("recovery.signal")).exists();
      store.pass();
      assertThat(fleet.finish(waiting).path("state").asText()).isEqualTo("SUCCEEDED");
      try (PostgresServer copy = fleet.openRestored(late, cluster)) {
        assertThat(copy.queryText("select count(*) from step")).isEqualTo(Integer.toString(STEPS));
      }

      Path half = recoveries.fresh();
      String killed = recoverWithoutStoreFrom(middle, recoveries, backup, half);
      fleet.stack().killWorker(0);
      store.pass();
      JsonNode failed = fleet.finish(killed);
      assertThat(failed.path("state").asText()).as(failed.toString()).isEqualTo("FAILED");
      assertDies(half.resolve("postmaster.pid"));
      assertCannotStart(half, cluster);
    }
  }

  /** Returns when a recovery has met the fault. */
  private String recoverWithoutStoreFrom(
      String segment, Recoveries recoveries, String backup, Path directory) {
    int before = store.fired();
    store.set(new Fault.UnavailableFrom("/" + segment + "."));
    String job = recoveries.begin(backup, "\"type\":\"LATEST\"", directory);
    await().atMost(SOON).until(() -> store.fired() > before);
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(fleet.job(job).path("progress").path("phase").asText())
                    .isEqualTo("RECOVERING"));
    return job;
  }

  private static void assertCannotStart(Path copy, PostgresCluster source) {
    assertThat(copy.resolve("recovery.signal")).exists();
    PostgresServer unfinished = PostgresServer.open(copy.getParent(), source.superuser());
    assertThatThrownBy(unfinished::start).hasMessageContaining("restore_command");
  }

  /** The worker's end is the end of the server that it had recover. */
  private static void assertDies(Path pidFile) {
    await()
        .atMost(SOON)
        .until(
            () ->
                !Files.exists(pidFile)
                    || ProcessHandle.of(Long.parseLong(Files.readAllLines(pidFile).getFirst()))
                        .isEmpty());
  }

  @Test
  void losesAStreamsSlotAndNotTheServerWhenTheStoreIsAwayForTooLong() throws Exception {
    try (PostgresCluster cluster = startCluster("max_slot_wal_keep_size", "96MB")) {
      PostgresServer primary = cluster.primary();
      primary.set(Map.of("wal_keep_size", "0", "max_wal_size", "64MB"));
      primary.execute("select pg_reload_conf()");
      String name = fleet.declareArchived(cluster, repository, "\"mode\":\"STREAM\"");
      ArchivedWal wal = ArchivedWal.inStore(fleet, name);
      // What is written before there is a slot is not archived.
      await()
          .atMost(SOON)
          .until(
              () ->
                  primary
                      .queryText("select count(*) from pg_replication_slots where active")
                      .equals("1"));
      String backup = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
      String before = write(primary, 1);
      await().atMost(SOON).until(() -> wal.has(before));
      wal.awaitWhole(1);

      store.set(new Fault.Unavailable());
      writeUntil(primary, wal, "SLOT_HALF_FULL");
      writeUntil(primary, wal, "SLOT_NEARLY_FULL");
      await()
          .atMost(SOON)
          .until(
              () -> {
                write(primary, 2);
                primary.execute("checkpoint");
                return primary
                    .queryText("select wal_status from pg_replication_slots")
                    .equals("lost");
              });
      wal.awaitEvent("SLOT_LOST");
      store.pass();

      String after = write(primary, 3);
      await().atMost(SOON).until(() -> wal.segments().lastKey().compareTo(after) >= 0);
      wal.awaitEvent("GAP_FOUND");
      wal.awaitShown(
          shown -> {
            assertThat(shown.path("gaps")).hasSize(1);
            assertThat(shown.path("windows")).hasSize(1);
            assertThat(shown.path("windows").path(0).path("toLsn"))
                .isEqualTo(shown.path("gaps").path(0).path("fromLsn"));
          });
      String fresh = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
      String last = write(primary, 4);
      await().atMost(SOON).until(() -> wal.has(last));
      wal.awaitEvent("GAP_SUPERSEDED");
      wal.awaitShown(
          shown -> {
            assertThat(shown.path("gaps").path(0).path("supersededBy").asText()).isEqualTo(fresh);
            assertThat(shown.path("windows"))
                .extracting(window -> window.path("backupId").asText())
                .containsExactly(fresh, backup);
          });
    }
  }

  private static void writeUntil(PostgresServer primary, ArchivedWal wal, String event) {
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofSeconds(3))
        .until(
            () -> {
              if (wal.events().contains(event)) {
                return true;
              }
              write(primary, 0);
              return false;
            });
  }

  private PostgresCluster startCluster(String setting, String value) {
    PostgresCluster cluster =
        fleet.startCluster(
            kind -> kind.standbys(0).setting(setting, value).setting("wal_keep_size", "2GB"));
    cluster.primary().execute("create table filler (n int, t text)");
    return cluster;
  }

  /** The name of the segment that was ended. */
  private static String write(PostgresServer server, int n) {
    server.execute(
        "insert into filler select " + n + ", repeat('x', 100) from generate_series(1, 1000)");
    return server.queryText("select pg_walfile_name(pg_switch_wal())");
  }
}
