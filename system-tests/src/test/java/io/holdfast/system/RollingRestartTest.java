package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.postgres.PostgresCluster;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Workers that are told to end, one after the other, as an upgrade does. Every job has one attempt,
 * so that any that counts against it fails the test.
 */
@Tag("slow")
class RollingRestartTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String SLOW =
      "{\"method\":\"PHYSICAL\",\"rateLimitBytesPerSecond\":6000000}";

  @Test
  void aLongBackupIsHandedOverFromWorkerToWorkerAndTakenOnce() {
    try (Fleet fleet = fleet("1s");
        PostgresCluster cluster = fleet.startCluster(0)) {
      String name = fleet.declare(cluster, fleet.s3Repository());
      fleet.fillMegabytes(cluster, 60);
      String job = fleet.backup(name, SLOW);

      int first = awaitMoving(fleet, job, 1);
      endInTime(fleet, first);
      fleet.stack().restartWorker(first);
      int second = awaitMoving(fleet, job, 2);
      endInTime(fleet, second);
      fleet.stack().restartWorker(second);
      JsonNode ended = fleet.finish(job);

      assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("SUCCEEDED");
      assertThat(ended.path("attempts").findValuesAsText("outcome"))
          .containsExactly("HANDED_OVER", "HANDED_OVER", "SUCCEEDED");
      assertThat(second).isNotEqualTo(first);
      assertThat(fleet.backupsOf(name)).hasSize(1);
      fleet.awaitNoTrace(cluster);
      fleet.assertAlwaysTrue(name);
    }
  }

  @Test
  void aLongRestoreEndsOnTheWorkerThatBeganItWhileOthersTakeWhatIsNew() throws Exception {
    try (Fleet fleet = fleet("60s");
        PostgresCluster cluster = fleet.startCluster(0)) {
      String name = fleet.declare(cluster, fleet.s3Repository(), true);
      String restore = slowRestore(fleet, cluster, name);
      int ending = fleet.workerOf(restore);
      ProcessHandle process = fleet.stack().workerProcess(ending);

      assertThat(process.destroy()).isTrue();
      String backup = fleet.backup(name, "{\"method\":\"PHYSICAL\"}");
      JsonNode meanwhile = fleet.finish(backup);
      boolean restoring = !fleet.job(restore).path("done").asBoolean();
      JsonNode ended = fleet.finish(restore);
      awaitEnd(process);
      fleet.stack().restartWorker(ending);

      assertThat(meanwhile.path("state").asText()).as(meanwhile.toString()).isEqualTo("SUCCEEDED");
      assertThat(fleet.workerOf(backup)).isNotEqualTo(ending);
      assertThat(restoring).as("the restore ran longer than the backup").isTrue();
      assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("SUCCEEDED");
      assertThat(ended.path("attempts")).hasSize(1);
      Databases server = fleet.superuser(cluster);
      assertThat(Fingerprint.database(server, "copy"))
          .isEqualTo(Fingerprint.database(server, "shop"));
    }
  }

  @Test
  void aRestoreThatOutlastsItsWorkersPatienceFailsAndLeavesNothing() throws Exception {
    try (Fleet fleet = fleet("2s");
        PostgresCluster cluster = fleet.startCluster(0)) {
      String name = fleet.declare(cluster, fleet.s3Repository(), true);
      String restore = slowRestore(fleet, cluster, name);
      ProcessHandle process = fleet.stack().workerProcess(fleet.workerOf(restore));

      assertThat(process.destroy()).isTrue();
      JsonNode ended = fleet.finish(restore);
      awaitEnd(process);

      assertThat(ended.path("problem").path("code").asText())
          .as(ended.toString())
          .isEqualTo("WORKER_STOPPING");
      assertThat(ended.path("problem").path("hint").asText()).contains("drain-restores");
      assertThat(ended.path("attempts")).hasSize(1);
      assertThat(
              fleet
                  .superuser(cluster)
                  .rows("postgres", "SELECT datname FROM pg_database WHERE datname = 'copy'"))
          .isEmpty();
    }
  }

  private static Fleet fleet(String drainRestores) {
    return Fleet.own(
        stack ->
            stack
                .workers(2)
                .setting("holdfast.jobs.max-attempts", "1")
                .setting("holdfast.worker.drain", "1s")
                .setting("holdfast.worker.drain-restores", drainRestores));
  }

  /** A restore of ten seconds and more: building the index waits for each row. Runs already. */
  private static String slowRestore(Fleet fleet, PostgresCluster cluster, String name)
      throws SQLException {
    Databases server = fleet.superuser(cluster);
    server.execute("postgres", "CREATE DATABASE shop");
    server.execute(
        "shop",
        "CREATE FUNCTION slow(v int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM"
            + " pg_sleep(CASE current_database() WHEN 'shop' THEN 0 ELSE 0.02 END); RETURN v; END"
            + " $$",
        "CREATE TABLE item AS SELECT v FROM generate_series(1, 700) v",
        "CREATE INDEX ON item (slow(v))");
    String backup =
        fleet.backedUp(
            name, "{\"method\":\"LOGICAL\",\"logical\":{\"databases\":{\"include\":[\"shop\"]}}}");
    String restore =
        fleet.start(
            "/restores",
            "{\"backupId\":\"%s\",\"logical\":{\"databases\":[\"shop\"],\"targetDatabase\":\"copy\"}}"
                .formatted(backup));
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                server.rows(
                    "postgres",
                    "SELECT pid FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX%' AND state ="
                        + " 'active'"),
            building -> !building.isEmpty());
    return restore;
  }

  /** The worker that moves bytes in this attempt. */
  private static int awaitMoving(Fleet fleet, String job, int attempt) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> fleet.job(job),
            found ->
                found.path("attempt").asInt() == attempt
                    && found.path("progress").path("bytesDone").asLong() > 1_000_000);
    return fleet.workerOf(job);
  }

  /** Told to end, it does so by itself: one that must be killed has not let go. */
  private static void endInTime(Fleet fleet, int worker) {
    ProcessHandle process = fleet.stack().workerProcess(worker);
    assertThat(process.destroy()).isTrue();
    awaitEnd(process);
  }

  private static void awaitEnd(ProcessHandle process) {
    Awaitility.await().atMost(PATIENCE).until(() -> !process.isAlive());
  }
}
