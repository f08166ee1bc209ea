package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.embedded.postgres.PostgresCluster;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Parts of a backup, asked for over REST, with names that are commands elsewhere. */
@TestInstance(Lifecycle.PER_CLASS)
class RestorePartsTest {
  private static final String DATABASE = "line\nfeed $(touch /tmp/holdfast-pwned)";
  private static final String TABLE = "--table=*; \"odd\"";

  private final Fleet fleet = Fleet.shared();
  private PostgresCluster source;
  private PostgresCluster target;
  private String targetName;
  private String backup;

  @BeforeAll
  void backUp() throws Exception {
    source = fleet.startCluster(0);
    target = fleet.startCluster(1);
    Databases server = fleet.superuser(source);
    server.execute(
        "postgres", "CREATE ROLE keeper", "CREATE DATABASE " + Databases.quoted(DATABASE));
    server.execute(
        DATABASE,
        "CREATE TABLE customer (id int PRIMARY KEY)",
        "INSERT INTO customer SELECT generate_series(1, 200)",
        "CREATE SCHEMA \"a-b.c\" AUTHORIZATION keeper",
        "CREATE TABLE \"a-b.c\"."
            + Databases.quoted(TABLE)
            + " (id serial PRIMARY KEY, customer int REFERENCES customer)",
        "INSERT INTO \"a-b.c\"."
            + Databases.quoted(TABLE)
            + " (customer) SELECT generate_series(1, 200)");
    String name = fleet.declare(source, fleet.s3Repository(), true);
    targetName = fleet.declare(target, fleet.s3Repository(), true);
    backup = fleet.backedUp(name, "{\"method\":\"LOGICAL\"}");
  }

  @AfterAll
  void stop() {
    source.close();
    target.close();
  }

  private JsonNode restore(Map<String, Object> how) throws Exception {
    Map<String, Object> logical = new TreeMap<>(how);
    logical.put("targetCluster", targetName);
    logical.put("databases", List.of(DATABASE));
    logical.put("globals", true);
    return fleet.finish(
        fleet.start(
            "/restores",
            new ObjectMapper().writeValueAsString(Map.of("backupId", backup, "logical", logical))));
  }

  private void restored(Map<String, Object> how) throws Exception {
    JsonNode job = restore(how);
    assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("SUCCEEDED");
  }

  @Test
  void aDatabaseComesBackUnderAnotherNameOnANamedNodeInParallel() throws Exception {
    String copy = "host=evil\n-d 'copy'";
    restored(Map.of("targetDatabase", copy, "targetNode", "primary", "jobs", 3));
    assertThat(Fingerprint.database(fleet.superuser(target), copy))
        .isEqualTo(Fingerprint.database(fleet.superuser(source), DATABASE));
    assertThat(Path.of("/tmp/holdfast-pwned")).doesNotExist();
  }

  @Test
  void theSchemaComesFirstAndTheRowsLater() throws Exception {
    String copy = "in two steps";
    restored(Map.of("targetDatabase", copy, "content", "SCHEMA_ONLY"));
    assertThat(fleet.superuser(target).one(copy, "SELECT count(*) FROM customer")).isEqualTo("0");

    restored(Map.of("targetDatabase", copy, "content", "DATA_ONLY"));

    assertThat(Fingerprint.database(fleet.superuser(target), copy))
        .isEqualTo(Fingerprint.database(fleet.superuser(source), DATABASE));
  }

  @Test
  void oneSchemaComesAlone() throws Exception {
    String copy = "one schema";
    restored(Map.of("targetDatabase", copy, "schemas", List.of("a-b.c")));
    Databases server = fleet.superuser(target);
    assertThat(server.one(copy, "SELECT count(*) FROM \"a-b.c\"." + Databases.quoted(TABLE)))
        .isEqualTo("200");
    assertThat(server.one(copy, "SELECT count(*) FROM pg_class WHERE relname = 'customer'"))
        .isEqualTo("0");
  }

  @Test
  void oneTableIsAddedToADatabaseThatLostIt() throws Exception {
    String copy = "lost a table";
    restored(Map.of("targetDatabase", copy));
    Databases server = fleet.superuser(target);
    server.execute(copy, "DROP TABLE \"a-b.c\"." + Databases.quoted(TABLE));

    restored(
        Map.of("targetDatabase", copy, "tables", List.of("a-b.c." + TABLE), "ifNotEmpty", "ADD"));

    assertThat(Fingerprint.database(server, copy))
        .isEqualTo(Fingerprint.database(fleet.superuser(source), DATABASE));
  }

  @Test
  void aStandbyIsRefusedInPlainWords() throws Exception {
    JsonNode job = restore(Map.of("targetDatabase", "nowhere", "targetNode", "standby-1"));
    assertThat(job.path("problem").path("code").asText())
        .as(job.toString())
        .isEqualTo("TARGET_REFUSED");
    assertThat(job.path("problem").path("detail").asText())
        .isEqualTo("node 'standby-1' is a standby, which takes no writes");
  }
}
