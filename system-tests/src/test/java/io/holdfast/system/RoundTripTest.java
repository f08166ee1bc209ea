package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes back equals what went in. */
@TestInstance(Lifecycle.PER_CLASS)
class RoundTripTest {
  private final Fleet fleet = Fleet.shared();
  private PostgresCluster source;
  private String name;

  @BeforeAll
  void fill() throws Exception {
    source = fleet.startCluster(0);
    HostileCluster.create(fleet.superuser(source));
    // pg_read_all_data does not open large objects, so that this one backup needs a superuser.
    name = fleet.declare(source, fleet.s3Repository(), true);
  }

  @AfterAll
  void stop() {
    source.close();
  }

  @Test
  void aLogicalBackupOfHostileDatabasesComesBackEqual() throws Exception {
    comesBackEqual("{\"method\":\"LOGICAL\",\"logical\":{\"format\":\"CUSTOM\"}}");
  }

  @ParameterizedTest
  @Tag("slow") // each as slow as the one above
  @ValueSource(
      strings = {
        "{\"method\":\"LOGICAL\",\"logical\":{\"format\":\"DIRECTORY\",\"jobs\":2},"
            + "\"compression\":{\"codec\":\"LZ4\"}}",
        "{\"method\":\"LOGICAL\",\"logical\":{\"format\":\"PLAIN\"},"
            + "\"compression\":{\"codec\":\"GZIP\"}}"
      })
  void soDoesOneInAnotherFormat(String request) throws Exception {
    comesBackEqual(request);
  }

  private void comesBackEqual(String request) throws Exception {
    JsonNode job = fleet.finish(fleet.backup(name, request));
    assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("SUCCEEDED");
    String backup = job.path("result").path("backupId").asText();

    try (PostgresCluster target = fleet.startCluster(0)) {
      String targetName = fleet.declare(target, fleet.s3Repository(), true);
      JsonNode restored =
          fleet.finish(
              fleet.start(
                  "/restores",
                  "{\"backupId\":\""
                      + backup
                      + "\",\"logical\":{\"targetCluster\":\""
                      + targetName
                      + "\",\"globals\":true}}"));
      assertThat(restored.path("state").asText()).as(restored.toString()).isEqualTo("SUCCEEDED");

      Databases before = fleet.superuser(source);
      Databases after = fleet.superuser(target);
      assertThat(Fingerprint.globals(after)).containsAll(Fingerprint.globals(before));
      // Databases that every server has keep what is theirs.
      assertThat(Fingerprint.databaseProperties(after))
          .containsAll(
              Fingerprint.databaseProperties(before).stream()
                  .filter(row -> !row.startsWith("postgres|") && !row.startsWith("template1|"))
                  .toList());
      for (String database : HostileCluster.NAMES) {
        assertThat(Fingerprint.database(after, database))
            .as(database)
            .isEqualTo(Fingerprint.database(before, database));
      }
      for (String database : List.of("latin", "many", "swedish")) {
        assertThat(Fingerprint.database(after, database))
            .as(database)
            .isEqualTo(Fingerprint.database(before, database));
      }
    }
    assertThat(Path.of("/tmp/holdfast-pwned")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"method\":\"PHYSICAL\"}",
        "{\"method\":\"PHYSICAL\",\"compression\":{\"codec\":\"ZSTD\",\"where\":\"SERVER\"}}",
        "{\"method\":\"PHYSICAL\",\"compression\":{\"codec\":\"NONE\"}}"
      })
  void aBaseBackupWithTablespacesComesBackEqual(String request) throws Exception {
    try (PostgresCluster cluster = fleet.startCluster(0)) {
      Databases server = fleet.superuser(cluster);
      Path tablespace = fleet.directoryForServer(cluster, "space one");
      server.execute(
          "postgres",
          "CREATE TABLESPACE side LOCATION '" + tablespace + "'",
          "CREATE TABLE here AS SELECT i, md5(i::text) FROM generate_series(1, 20000) i",
          "CREATE TABLE there (i int, t text) TABLESPACE side",
          "INSERT INTO there SELECT i, md5(i::text) FROM generate_series(1, 20000) i");
      String clusterName = fleet.declare(cluster, fleet.filesystemRepository());
      JsonNode job = fleet.finish(fleet.backup(clusterName, request));
      assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("SUCCEEDED");

      Path target = fleet.restoreRoot().resolve("copy-" + job.path("id").asText()).resolve("data");
      Path movedTablespace = fleet.restoreRoot().resolve("space-" + job.path("id").asText());
      JsonNode restored =
          fleet.finish(
              fleet.start(
                  "/restores",
                  "{\"latestOf\":\""
                      + clusterName
                      + "\",\"physical\":{\"directory\":\""
                      + target
                      + "\",\"check\":true,\"tablespaces\":{\""
                      + tablespace
                      + "\":\""
                      + movedTablespace
                      + "\"}}}"));
      assertThat(restored.path("state").asText()).as(restored.toString()).isEqualTo("SUCCEEDED");

      try (PostgresServer copy = fleet.openRestored(target, cluster)) {
        Databases after =
            new Databases(
                copy.host(),
                copy.port(),
                cluster.superuser().username(),
                cluster.superuser().password());
        assertThat(Fingerprint.database(after, "postgres"))
            .isEqualTo(Fingerprint.database(server, "postgres"));
        assertThat(after.one("postgres", "SHOW archive_mode")).isEqualTo("off");
      }
      try (Stream<Path> leftovers = Files.list(fleet.restoreRoot())) {
        assertThat(leftovers.filter(path -> path.getFileName().toString().startsWith(".")))
            .isEmpty();
      }
    }
  }
}
