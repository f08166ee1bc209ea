package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.postgres.PostgresCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Restores that must not happen (faults 15 and 19). */
@TestInstance(Lifecycle.PER_CLASS)
class RefusalsTest {
  private final Fleet fleet = Fleet.shared();
  private PostgresCluster cluster;
  private String name;
  private String logical;
  private String physical;

  @BeforeAll
  void backUp() throws Exception {
    cluster = fleet.startCluster(0);
    fleet
        .superuser(cluster)
        .execute(
            "postgres", "CREATE DATABASE shop", "CREATE ROLE keeper", "CREATE EXTENSION pg_trgm");
    fleet
        .superuser(cluster)
        .execute(
            "shop",
            "CREATE TABLE t (v int)",
            "INSERT INTO t VALUES (1)",
            "ALTER TABLE t OWNER TO keeper");
    name = fleet.declare(cluster, fleet.filesystemRepository(), true);
    logical = fleet.backedUp(name, "{\"method\":\"LOGICAL\"}");
    physical = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
  }

  @AfterAll
  void stop() {
    cluster.close();
  }

  @Test
  void refusesADatabaseThatHoldsSomethingAndLeavesItAlone() throws Exception {
    JsonNode job = restoreLogical("\"databases\":[\"shop\"]");

    assertThat(job.path("problem").path("code").asText()).isEqualTo("TARGET_NOT_EMPTY");
    assertThat(job.path("problem").path("hint").asText()).isNotBlank();
    assertThat(fleet.superuser(cluster).one("shop", "SELECT sum(v) FROM t")).isEqualTo("1");
  }

  @Test
  void refusesWhenRolesAreMissingAtTheTarget() throws Exception {
    try (PostgresCluster bare = fleet.startCluster(0)) {
      String bareName = fleet.declare(bare, fleet.filesystemRepository(), true);
      JsonNode job =
          fleet.finish(
              fleet.start(
                  "/restores",
                  "{\"backupId\":\""
                      + logical
                      + "\",\"logical\":{\"targetCluster\":\""
                      + bareName
                      + "\",\"databases\":[\"shop\"],\"globals\":false}}"));

      assertThat(job.path("problem").path("code").asText()).isEqualTo("TARGET_LACKS");
      assertThat(job.path("problem").path("detail").asText()).contains("keeper");
      assertThat(fleet.superuser(bare).rows("postgres", "SELECT datname FROM pg_database"))
          .doesNotContain("shop");
    }
  }

  @Test
  void refusesADumpThatWouldLackADatabaseWithoutAWord() throws Exception {
    try (PostgresCluster closed = fleet.startCluster(0)) {
      fleet
          .superuser(closed)
          .execute(
              "postgres", "CREATE DATABASE attic", "ALTER DATABASE attic ALLOW_CONNECTIONS false");
      String closedName = fleet.declare(closed, fleet.filesystemRepository());

      JsonNode refused = fleet.finish(fleet.backup(closedName, "{\"method\":\"LOGICAL\"}"));
      assertThat(refused.path("problem").path("code").asText()).isEqualTo("INVALID_SELECTION");
      assertThat(refused.path("problem").path("detail").asText()).contains("attic");

      fleet.backedUp(
          closedName,
          "{\"method\":\"LOGICAL\",\"logical\":{\"databases\":{\"exclude\":[\"attic\"]}}}");
      fleet.backedUp(closedName, "{\"method\":\"PHYSICAL\"}");
      JsonNode checked = fleet.finish(fleet.start("/clusters/" + closedName + "/checks", "{}"));
      assertThat(checked.path("result").toString()).contains("'attic' accepts no connections");
    }
  }

  @Test
  void refusesADirectoryThatIsNotEmptyOrOutsideTheRoots() throws Exception {
    Path occupied = Files.createDirectories(fleet.restoreRoot().resolve("occupied"));
    Path file = Files.writeString(occupied.resolve("precious"), "mine");

    assertThat(restorePhysical(occupied).path("problem").path("code").asText())
        .isEqualTo("TARGET_NOT_EMPTY");
    assertThat(file).hasContent("mine");
    assertThat(
            restorePhysical(Path.of("/etc/holdfast-target")).path("problem").path("code").asText())
        .isIn("TARGET_REFUSED", "COMMAND_REFUSED");
    assertThat(Path.of("/etc/holdfast-target")).doesNotExist();
    assertThat(
            restorePhysical(fleet.restoreRoot().resolve("a/../../../outside"))
                .path("problem")
                .path("code")
                .asText())
        .isIn("TARGET_REFUSED", "COMMAND_REFUSED", "invalid-request");
    assertThat(restorePhysical(cluster.primary().data()).toString()).contains("TARGET_");
  }

  @Test
  void aDryRunChangesNothing() throws Exception {
    Path target = fleet.restoreRoot().resolve("dry");
    JsonNode job =
        fleet.finish(
            fleet.start(
                "/restores",
                "{\"backupId\":\""
                    + physical
                    + "\",\"dryRun\":true,\"physical\":{\"directory\":\""
                    + target
                    + "\"}}"));

    assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("SUCCEEDED");
    assertThat(job.path("result").path("steps")).isNotEmpty();
    assertThat(target).doesNotExist();
  }

  @Test
  void bringsBackADroppedTableWithItsIndexesIntoALivingDatabase() throws Exception {
    Databases server = fleet.superuser(cluster);
    server.execute("postgres", "CREATE DATABASE living");
    server.execute(
        "living",
        "CREATE TABLE lost (id serial PRIMARY KEY, v text)",
        "CREATE INDEX lost_v ON lost (v)",
        "INSERT INTO lost (v) SELECT i::text FROM generate_series(1, 100) i",
        "CREATE TABLE kept (v int)");
    var before = Fingerprint.database(server, "living");
    String backup = fleet.backedUp(name, "{\"method\":\"LOGICAL\"}");
    server.execute("living", "DROP TABLE lost");

    JsonNode job =
        fleet.finish(
            fleet.start(
                "/restores",
                "{\"backupId\":\""
                    + backup
                    + "\",\"logical\":{\"targetCluster\":\""
                    + name
                    + "\",\"databases\":[\"living\"],\"tables\":[\"lost\"],\"ifNotEmpty\":\"ADD\"}}"));

    assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("SUCCEEDED");
    assertThat(Fingerprint.database(server, "living")).isEqualTo(before);
  }

  private JsonNode restoreLogical(String options) {
    return fleet.finish(
        fleet.start(
            "/restores",
            "{\"backupId\":\""
                + logical
                + "\",\"logical\":{\"targetCluster\":\""
                + name
                + "\","
                + options
                + "}}"));
  }

  /** The finished job, or the problem when the request was refused at once. */
  private JsonNode restorePhysical(Path directory) {
    var answer =
        fleet
            .api()
            .call(
                "POST",
                "/restores",
                "{\"backupId\":\""
                    + physical
                    + "\",\"physical\":{\"directory\":\""
                    + directory
                    + "\"}}");
    return answer.status() == 202
        ? fleet.finish(answer.body().path("id").asText())
        : com.fasterxml.jackson.databind.node.JsonNodeFactory.instance
            .objectNode()
            .set("problem", answer.body());
  }
}
