package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.demo.RestCalls.Answer;
import io.holdfast.embedded.Stack;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.s3.EmbeddedS3;
import io.holdfast.embedded.s3.S3Front;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker writes cannot be removed by it: its keys may not, or the store keeps it. */
class ImmutabilityTest {
  private final Fleet fleet = Fleet.shared();

  @Test
  void backsUpArchivesVerifiesAndRestoresWithKeysThatCannotDelete() throws Exception {
    try (S3Front store = S3Front.withoutDeletes(fleet.stack().s3().port());
        PostgresCluster cluster = startCluster()) {
      String repository = fleet.s3RepositoryAt(store.endpoint());
      assertThat(probed(repository).path("deletes").asBoolean(true)).isFalse();
      int probes = store.refused();
      String name = fleet.declareArchived(cluster, repository, "\"mode\":\"PUSH\"");
      PostgresServer primary = cluster.primary();
      String backup = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
      fleet.backedUp(name, "{\"method\":\"LOGICAL\"}");
      primary.execute("insert into step values (1)");
      Archivers.awaitArchived(primary, Archivers.endSegment(primary));

      fleet.assertAlwaysTrue(name);
      assertThat(
              new Recoveries(fleet, cluster)
                  .ask(backup, "\"type\":\"LATEST\"", "select count(*) from step"))
          .isEqualTo("1");
      assertThat(store.refused()).as("deletions that were tried").isEqualTo(probes);
      Archivers.end(cluster);
    }
  }

  @Test
  void locksEveryObjectOfABackupAndOfItsWal(@TempDir Path folder) throws Exception {
    try (EmbeddedS3 vault =
            EmbeddedS3.behindFront(
                    folder, fleet.stack().s3().accessKey(), fleet.stack().s3().secretKey())
                .bucket(Stack.BUCKET);
        S3Front store = S3Front.locking(vault.port());
        PostgresCluster cluster = startCluster()) {
      String repository =
          fleet.lockingRepositoryAt(
              store.endpoint(), "\"mode\":\"COMPLIANCE\",\"retainFor\":\"PT2H\"");
      assertThat(probed(repository).path("objectLock").asBoolean()).isTrue();
      String name = fleet.declareArchived(cluster, repository, "\"mode\":\"PUSH\"");
      String backup = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
      Archivers.awaitArchived(cluster.primary(), Archivers.endSegment(cluster.primary()));
      fleet.assertAlwaysTrue(name);
      Archivers.end(cluster);

      List<String> objects = objects(vault.folderOf(Stack.BUCKET));
      assertThat(objects).anyMatch(key -> key.endsWith("/manifest.json"));
      assertThat(objects).anyMatch(key -> key.contains("/wal/"));
      assertThat(store.locks().keySet()).containsAll(objects);
      assertThat(store.locks().values())
          .allSatisfy(lock -> assertThat(lock.mode()).isEqualTo("COMPLIANCE"));
      holdsAndReleases(store, name, backup);
      staysWhatIsLocked(backup);
    }
  }

  /** A legal hold is the store's, too. */
  private void holdsAndReleases(S3Front store, String cluster, String backup) {
    String holds = "/backups/" + backup + "/holds";
    String hold =
        fleet
            .api()
            .post(holds, "{\"kind\":\"LEGAL\",\"reason\":\"a lawsuit\"}")
            .path("id")
            .asText();
    awaitHoldJobs(cluster, 1);
    assertThat(store.held())
        .anyMatch(key -> key.endsWith(backup + "/manifest.json"))
        .anyMatch(key -> key.endsWith(backup + "/holds/" + hold + ".json"))
        .anyMatch(key -> key.contains("/wal/") && key.endsWith(".zst"))
        .allMatch(key -> key.contains(backup) || key.contains("/wal/"));

    Answer lifted = fleet.api().call("DELETE", holds + "/" + hold + "?reason=settled", null);
    assertThat(lifted.status()).as(lifted.text()).isEqualTo(204);
    awaitHoldJobs(cluster, 2);
    assertThat(store.held()).isEmpty();
  }

  private void awaitHoldJobs(String cluster, int succeeded) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(fleet.api().get("/jobs?cluster=" + cluster).path("items"))
                    .filteredOn(
                        job ->
                            job.path("kind").asText().equals("LEGAL_HOLD")
                                && job.path("state").asText().equals("SUCCEEDED"))
                    .hasSize(succeeded));
  }

  private void staysWhatIsLocked(String backup) {
    Answer asked = fleet.api().call("DELETE", "/backups/" + backup + "?confirm=" + backup, null);
    assertThat(asked.status()).as(asked.text()).isEqualTo(202);
    JsonNode ended = fleet.finish(asked.body().path("id").asText());
    assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("SUCCEEDED");
    assertThat(ended.path("result").path("expired").path("backups")).isEmpty();
    assertThat(ended.path("result").path("expired").path("kept").path(0).path("because").asText())
        .contains("/manifest.json' is locked until 20");
    assertThat(fleet.api().get("/backups/" + backup).path("state").asText()).isEqualTo("AVAILABLE");
  }

  private PostgresCluster startCluster() {
    PostgresCluster cluster =
        fleet.startCluster(kind -> kind.standbys(0).setting("archive_mode", "on"));
    cluster.primary().execute("create table step (n int)");
    return cluster;
  }

  /** What the probe of a repository found that must pass. */
  private JsonNode probed(String repository) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> fleet.api().get("/repositories/" + repository),
            seen -> seen.path("probe").path("state").asText().equals("PASSED"))
        .path("capabilities");
  }

  private static List<String> objects(Path bucket) throws IOException {
    try (Stream<Path> files = Files.walk(bucket)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> "/" + Stack.BUCKET + "/" + bucket.relativize(file))
          .toList();
    }
  }
}
