package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Restores that are interrupted, or that meet each other (fault 15). */
@TestInstance(Lifecycle.PER_CLASS)
class RestoreFaultsTest {
  private Fleet fleet;
  private PostgresCluster cluster;
  private String name;
  private String backup;

  @BeforeAll
  void backUp() {
    fleet = Fleet.own(1);
    cluster = fleet.startCluster(0);
    fleet.fillMegabytes(cluster, 150);
    name = fleet.declare(cluster, fleet.filesystemRepository());
    backup = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
  }

  @AfterAll
  void stop() {
    cluster.close();
    fleet.close();
  }

  @Test
  void leavesNoServerThatStartsWhenTheWorkerIsKilledMidRestore() throws Exception {
    Path target = fleet.restoreRoot().resolve("killed/data");
    Files.createDirectories(target.getParent());
    String job = restore(target);
    awaitStaging(target.getParent());
    fleet.stack().killWorker(0);
    JsonNode ended = fleet.finish(job);

    assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("FAILED");
    assertThat(ended.path("attempt").asInt()).isEqualTo(1);
    assertThat(target).doesNotExist();
    assertThat(filesNamed(target.getParent(), "pg_control")).isEmpty();

    fleet.stack().restartWorker(0);
    JsonNode again = fleet.finish(restore(target));
    assertThat(again.path("state").asText()).as(again.toString()).isEqualTo("SUCCEEDED");
    try (PostgresServer copy = fleet.openRestored(target, cluster)) {
      assertThat(copy.queryText("SELECT count(*) FROM bulk"))
          .isEqualTo(cluster.primary().queryText("SELECT count(*) FROM bulk"));
    }
    fleet.assertAlwaysTrue(name);
  }

  @Test
  void refusesASecondRestoreIntoTheSameDirectory() throws Exception {
    Path target = fleet.restoreRoot().resolve("shared/data");
    Files.createDirectories(target.getParent());
    String first = restore(target);
    awaitStaging(target.getParent());
    JsonNode second = fleet.finish(restore(target));

    assertThat(second.path("state").asText()).as(second.toString()).isEqualTo("FAILED");
    assertThat(second.path("problem").path("code").asText())
        .isIn("TARGET_REFUSED", "TARGET_NOT_EMPTY");
    assertThat(fleet.finish(first).path("state").asText()).isEqualTo("SUCCEEDED");
    assertThat(filesNamed(target, "pg_control")).hasSize(1);
    fleet.assertAlwaysTrue(name);
  }

  private String restore(Path target) {
    return fleet.start(
        "/restores",
        "{\"backupId\":\"%s\",\"physical\":{\"directory\":\"%s\"}}".formatted(backup, target));
  }

  /** Until files of the copy lie beside its target. */
  private static void awaitStaging(Path parent) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> !filesNamed(parent, "PG_VERSION").isEmpty());
  }

  private static List<Path> filesNamed(Path folder, String name) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.endsWith(name)).toList();
    } catch (java.io.UncheckedIOException vanished) {
      return List.of();
    }
  }
}
