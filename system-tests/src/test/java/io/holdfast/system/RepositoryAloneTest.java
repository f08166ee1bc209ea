package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.embedded.Stack;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import io.holdfast.embedded.s3.EmbeddedS3;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Everything but a repository is lost, one after the other: the catalog, the first store, and at
 * last the control plane. One cluster, archived into one S3 endpoint and copied to another.
 */
@Tag("slow")
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class RepositoryAloneTest {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final String ROWS = "SELECT string_agg(n::text, ',' ORDER BY n) FROM step";

  private Path folder;
  private Fleet fleet;
  private EmbeddedS3 second;
  private PostgresCluster source;
  private String first;
  private String copies;
  private String cluster;
  private String base;
  private String dump;
  private String kit;
  private boolean gone;

  @BeforeAll
  void backUpAndCopy() throws Exception {
    folder = Folders.temporary("alone");
    fleet =
        Fleet.own(
            stack ->
                stack
                    .workers(1)
                    .setting("holdfast.copies.interval", "1s")
                    .setting("holdfast.copies.wal-interval", "1s"));
    second =
        EmbeddedS3.start(
                folder.resolve("second"),
                0,
                fleet.stack().s3().accessKey(),
                fleet.stack().s3().secretKey())
            .bucket(Stack.BUCKET);
    first = fleet.s3Repository();
    copies = fleet.s3RepositoryAt(second.endpoint());
    source = fleet.startCluster(kind -> kind.standbys(0).setting("archive_mode", "on"));
    cluster = fleet.declareCopied(source, first, copies);
    PostgresServer primary = source.primary();
    primary.execute("CREATE TABLE step (n int)", "INSERT INTO step VALUES (1)");
    dump = fleet.backedUp(cluster, "{\"method\":\"LOGICAL\"}");
    base = fleet.backedUp(cluster, "{\"method\":\"PHYSICAL\"}");
    primary.execute("INSERT INTO step VALUES (2)");
    Archivers.awaitArchived(primary, Archivers.endSegment(primary));
    awaitCopied();
    kit = kit(cluster);
  }

  @AfterAll
  void stop() {
    source.close();
    if (!gone) {
      fleet.close();
    }
    second.close();
    Folders.delete(folder);
  }

  private String kit(String of) {
    return fleet
        .api()
        .call("GET", "/clusters/" + of + "/recovery-kit", null, "Accept", "text/plain")
        .text();
  }

  private Map<String, String> storeKeys() {
    return Map.of(
        "AWS_ACCESS_KEY_ID",
        fleet.stack().s3().accessKey(),
        "AWS_SECRET_ACCESS_KEY",
        fleet.stack().s3().secretKey());
  }

  /** Until the second repository has all that the first has, as the API says. */
  private void awaitCopied() {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () -> {
              JsonNode place =
                  fleet.api().get("/clusters/" + cluster + "/copies").path("items").get(0);
              assertThat(place.path("backups").path("copied").asInt()).isEqualTo(2);
              assertThat(place.path("backups").path("waiting").asInt()).isZero();
              assertThat(place.path("wal").path("lagBytes").asLong(-1))
                  .as(place.toString())
                  .isZero();
            });
  }

  @Test
  @Order(1)
  void theCatalogComesBackFromABackupOfItself() throws Exception {
    String catalog = fleet.declareCatalog(first);
    String backup = fleet.backedUp(catalog, "{\"method\":\"LOGICAL\"}");
    JsonNode list = fleet.api().get("/backups?cluster=" + cluster);
    JsonNode declared = fleet.api().get("/clusters/" + cluster);
    String own = kit(catalog);
    fleet.stack().killApi(0);
    PostgresServer server = fleet.stack().catalog();
    server.execute("DROP DATABASE holdfast WITH (FORCE)");

    Path unused = run(own, first, "logical", storeKeys(), server);
    fleet.stack().restartApi(0);

    assertThat(fleet.api().get("/backups?cluster=" + cluster)).isEqualTo(list);
    assertThat(fleet.api().get("/clusters/" + cluster)).isEqualTo(declared);
    // It holds a catalog in which it was not finished: a scan finds it, or its job does.
    JsonNode unusedReport = scan(first);
    assertThat(fleet.api().get("/backups/" + backup).path("state").asText()).isEqualTo("AVAILABLE");
  }

  @Test
  @Order(2)
  void anEmptyCatalogIsRebuiltFromTheBucketsToTheSameAnswers() throws Exception {
    JsonNode list = withoutJobs(fleet.api().get("/backups?cluster=" + cluster).path("items"));
    JsonNode one = fleet.api().get("/backups/" + base);
    JsonNode window = window();

    loseTheCatalog();
    fleet.declareRepositoriesAgain();
    JsonNode report = scan(first);
    JsonNode unused = scan(copies);
    for (JsonNode declared : report.path("clusters")) {
      JsonNode unusedAnswer =
          fleet
              .api()
              .put(
                  "/clusters/" + declared.path("name").asText(),
                  declared.path("declaration").toString());
    }

    assertThat(report.path("counts").path("ADDED").asInt()).as("of %s", report).isEqualTo(3);
    assertThat(withoutJobs(fleet.api().get("/backups?cluster=" + cluster).path("items")))
        .isEqualTo(list);
    JsonNode rebuilt = fleet.api().get("/backups/" + base);
    for (String member :
        new String[] {
          "artifacts", "source", "wal", "repository", "state", "finishedAt", "storedBytes"
        }) {
      assertThat(rebuilt.path(member)).as(member).isEqualTo(one.path(member));
    }
    PostgresServer primary = source.primary();
    Archivers.awaitArchived(primary, Archivers.endSegment(primary));
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode now = window();
              assertThat(now.path("backupId")).isEqualTo(window.path("backupId"));
              assertThat(now.path("fromLsn")).isEqualTo(window.path("fromLsn"));
              assertThat(now.path("fromTime")).isEqualTo(window.path("fromTime"));
              assertThat(now.path("toLsn").asText()).isGreaterThan(window.path("toLsn").asText());
            });
    awaitCopied();
  }

  @Test
  @Order(3)
  void theSameRequestRestoresFromTheCopyWhenTheFirstStoreIsWiped() throws Exception {
    Archivers.end(source);
    Folders.delete(fleet.stack().s3().folderOf(Stack.BUCKET).resolve("clusters"));
    Path directory = fleet.restoreRoot().resolve("from-copy").resolve("data");

    JsonNode job =
        fleet.finish(
            fleet.start(
                "/restores",
                "{\"backupId\":\""
                    + base
                    + "\",\"physical\":{\"directory\":\""
                    + directory
                    + "\",\"recovery\":{\"type\":\"LATEST\"}}}"));

    assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("SUCCEEDED");
    assertThat(job.path("result").path("details").path("repository").asText()).isEqualTo(copies);
    assertThat(job.path("result").path("steps").get(0).asText())
        .isEqualTo(
            "read the copy in repository '"
                + copies
                + "', because '"
                + first
                + "' could not give the backup");
    assertThat(String.join("\n", fleet.history(job.path("id").asText())))
        .contains("NOTED READ_FROM_COPY");
    try (PostgresServer copy = fleet.openRestored(directory, source)) {
      assertThat(copy.queryText(ROWS)).isEqualTo("1,2");
    }
  }

  @Test
  @Order(4)
  void theSameDrillIsPassedByTheCopy() {
    JsonNode drill =
        fleet.finish(
            fleet.start(
                "/clusters/" + cluster + "/drills",
                "{\"target\":{\"type\":\"LATEST\"},\"assertions\":[{\"name\":\"steps\",\"database\":"
                    + "\"postgres\",\"sql\":\"select count(*) from step\",\"expected\":\"2\"}]}"));

    assertThat(drill.path("state").asText()).as(drill.toString()).isEqualTo("SUCCEEDED");
    assertThat(drill.path("result").path("details").path("repository").asText()).isEqualTo(copies);
  }

  @Test
  @Order(5)
  void theRecoveryKitBringsTheDataBackWhenTheControlPlaneIsGone() throws Exception {
    Map<String, String> keys = storeKeys();
    Archivers.end(source);
    gone = true;
    fleet.stack().close();

    Path target = run(kit, copies, "point-in-time", keys, source.primary());
    try (PostgresServer copy = PostgresServer.open(target, source.superuser()).start()) {
      assertThat(copy.queryText(ROWS)).isEqualTo("1,2");
    }
    Path own = run(kit, copies, "physical", keys, source.primary());
    try (PostgresServer copy = PostgresServer.open(own, source.superuser()).start()) {
      assertThat(copy.queryText(ROWS)).isEqualTo("1");
    }
    source.primary().execute("DROP TABLE step");
    Path unused = run(kit, copies, "logical", keys, source.primary());
    assertThat(source.primary().queryText(ROWS)).isEqualTo("1");
    assertThat(kit)
        .contains(second.endpoint())
        .contains(dump)
        .doesNotContain(keys.get("AWS_SECRET_ACCESS_KEY"));
  }

  private Path run(
      String kit, String from, String commands, Map<String, String> keys, PostgresServer server)
      throws Exception {
    return new PrintedKit(kit, folder).run(from, commands, keys, server);
  }

  private JsonNode window() {
    return fleet.api().get("/clusters/" + cluster + "/recovery-windows").path("windows").path(0);
  }

  /** Verifications and copies are what this catalog did; a backup is what its manifest says. */
  private static JsonNode withoutJobs(JsonNode backups) {
    backups.forEach(backup -> ((ObjectNode) backup).remove("verification"));
    return backups;
  }

  private void loseTheCatalog() {
    fleet.stack().killApi(0);
    fleet
        .stack()
        .catalog()
        .execute(
            "DROP DATABASE holdfast WITH (FORCE)",
            "CREATE DATABASE holdfast OWNER " + fleet.stack().catalogLogin().username());
    fleet.stack().restartApi(0);
  }

  private JsonNode scan(String repository) {
    JsonNode job = fleet.finish(fleet.start("/repositories/" + repository + "/scans", "{}"));
    assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("SUCCEEDED");
    return fleet.api().get("/repositories/" + repository + "/scans/" + job.path("id").asText());
  }
}
