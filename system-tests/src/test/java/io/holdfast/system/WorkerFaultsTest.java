package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.postgres.PostgresCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Workers that are killed, frozen, or lose a child (faults 1, 8, 9 and 10). */
@Tag("slow")
class WorkerFaultsTest {
  private static final String SLOW =
      "{\"method\":\"PHYSICAL\",\"rateLimitBytesPerSecond\":6000000}";

  @Test
  void takesOverFromAKilledWorkerAndPublishesExactlyOneBackup() throws Exception {
    try (Fleet fleet = Fleet.own(2);
        PostgresCluster cluster = fleet.startCluster(0)) {
      String name = fleet.declare(cluster, fleet.s3Repository());
      fleet.fillMegabytes(cluster, 60);
      String job = fleet.backup(name, SLOW);
      fleet.awaitBytes(job);

      fleet.stack().killWorker(fleet.workerOf(job));
      JsonNode ended = fleet.finish(job);

      assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("SUCCEEDED");
      // The killed worker's partitions are given away later than a command may wait unaccepted, so
      // that more than one attempt may pass.
      assertThat(ended.path("attempt").asInt()).isGreaterThanOrEqualTo(2);
      assertThat(fleet.backupsOf(name)).hasSize(1);
      fleet.awaitNoTrace(cluster);
      fleet.assertAlwaysTrue(name);
    }
  }

  @Test
  void publishesExactlyOneBackupAtWhateverMomentAWorkerIsKilled() {
    long seed = new Random().nextLong();
    System.out.println("WorkerFaultsTest: seed " + seed);
    Random random = new Random(seed);
    try (Fleet fleet = Fleet.own(2);
        PostgresCluster cluster = fleet.startCluster(0)) {
      fleet.fillMegabytes(cluster, 20);
      for (int round = 0; round < 5; round++) {
        String name = fleet.declare(cluster, fleet.s3Repository());
        String job = fleet.backup(name, SLOW);
        LockSupport.parkNanos(random.nextLong(5_000_000_000L));
        // Before it is accepted the job has no worker; then it may go to either.
        String running = fleet.job(job).path("worker").asText();
        int killed = running.isEmpty() ? round % 2 : fleet.workerOf(job);
        fleet.stack().killWorker(killed);

        JsonNode ended = fleet.finish(job);

        assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("SUCCEEDED");
        assertThat(fleet.backupsOf(name)).hasSize(1);
        fleet.awaitNoTrace(cluster);
        fleet.stack().restartWorker(killed);
        fleet.assertAlwaysTrue(name);
      }
    }
  }

  @Test
  void ignoresAFrozenWorkerThatWakesAfterTakeover() throws Exception {
    try (Fleet fleet = Fleet.own(2);
        PostgresCluster cluster = fleet.startCluster(0)) {
      String name = fleet.declare(cluster, fleet.filesystemRepository());
      fleet.fillMegabytes(cluster, 60);
      String job = fleet.backup(name, SLOW);
      fleet.awaitBytes(job);
      int frozen = fleet.workerOf(job);

      fleet.stack().freezeWorker(frozen);
      JsonNode ended = fleet.finish(job);
      fleet.stack().thawWorker(frozen);

      assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("SUCCEEDED");
      // Kafka takes the frozen worker for alive until its session ends, and may offer it the
      // second.
      assertThat(ended.path("attempt").asInt()).isBetween(2, 3);
      fleet.awaitNoTrace(cluster);
      assertThat(fleet.api().get("/jobs/" + job).path("state").asText()).isEqualTo("SUCCEEDED");
      assertThat(fleet.backupsOf(name)).hasSize(1);
      fleet.assertAlwaysTrue(name);
    }
  }

  @Test
  void failsTheJobWhenEveryWorkerIsKilledForGood() throws Exception {
    try (Fleet fleet = Fleet.own(1);
        PostgresCluster cluster = fleet.startCluster(0)) {
      String name = fleet.declare(cluster, fleet.filesystemRepository());
      fleet.fillMegabytes(cluster, 60);
      String job =
          fleet.backup(name, "{\"method\":\"LOGICAL\",\"rateLimitBytesPerSecond\":2000000}");
      fleet.awaitBytes(job);
      long worker = fleet.stack().workerProcess(0).pid();

      fleet.stack().killWorker(0);
      JsonNode ended = fleet.finish(job);

      assertThat(ended.path("state").asText()).isEqualTo("FAILED");
      assertThat(ended.path("problem").path("code").asText()).isIn("NO_WORKER", "WORKER_LOST");
      assertThat(fleet.backupsOf(name)).isEmpty();

      assertThat(passwordFilesOf(worker)).as("left by the killed worker").isNotEmpty();
      fleet.stack().restartWorker(0);
      assertThat(passwordFilesOf(worker)).isEmpty();
    }
  }

  @Test
  void retriesWhenTheDumpIsKilled() throws Exception {
    try (Fleet fleet = Fleet.own(1);
        PostgresCluster cluster = fleet.startCluster(0)) {
      String name = fleet.declare(cluster, fleet.filesystemRepository());
      fleet.fillMegabytes(cluster, 60);
      String job =
          fleet.backup(name, "{\"method\":\"LOGICAL\",\"rateLimitBytesPerSecond\":6000000}");
      fleet.awaitBytes(job);

      assertThat(new WorkerChildren(fleet.stack()).kill(0, "pg_dump"))
          .as("a pg_dump was there")
          .isTrue();
      JsonNode ended = fleet.finish(job);

      assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("SUCCEEDED");
      assertThat(ended.path("attempt").asInt()).isEqualTo(2);
      assertThat(ended.path("attempts").toString()).contains("SOURCE_FAILED");
      assertThat(fleet.backupsOf(name)).hasSize(1);
      fleet.assertAlwaysTrue(name);
    }
  }

  @Test
  void cancelReachesTheChild() throws Exception {
    Fleet fleet = Fleet.shared();
    try (PostgresCluster cluster = fleet.startCluster(0)) {
      String name = fleet.declare(cluster, fleet.filesystemRepository());
      fleet.fillMegabytes(cluster, 60);
      String job =
          fleet.backup(name, "{\"method\":\"LOGICAL\",\"rateLimitBytesPerSecond\":2000000}");
      fleet.awaitBytes(job);

      fleet.api().post("/jobs/" + job + "/cancellations", "{}");
      JsonNode ended = fleet.finish(job);

      assertThat(ended.path("state").asText()).isEqualTo("CANCELLED");
      assertThat(fleet.api().call("GET", "/jobs/" + job + "/outcome", null).status())
          .isEqualTo(424);
      new WorkerChildren(fleet.stack()).awaitNone("pg_dump");
      assertThat(fleet.backupsOf(name)).isEmpty();
    }
  }

  private static List<Path> passwordFilesOf(long pid) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("holdfast-" + pid + "-"))
          .toList();
    }
  }
}
