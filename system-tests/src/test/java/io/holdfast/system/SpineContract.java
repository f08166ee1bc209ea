package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.demo.RestCalls;
import io.holdfast.embedded.Stack;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Holdfast is for, on whatever ground it stands. */
abstract class SpineContract {
  private static final String CLUSTER = "orders";
  private Site site;
  private RestCalls api;

  /**
   * Starts everything; may abort when this machine cannot. Before each test and not before all, or
   * the report would not count what was aborted as skipped.
   */
  abstract Site open() throws Exception;

  @BeforeEach
  void start() throws Exception {
    site = open();
    api = new RestCalls(site.stack().apiUrl(), site.stack().adminKey());
    site.stack()
        .credentials()
        .database(CLUSTER, site.superuser(), List.of(site.host() + ":" + site.port()))
        .writeTo(site.stack().credentialsFile());
  }

  @AfterEach
  void stop() throws Exception {
    if (site != null) {
      site.close();
    }
  }

  @Test
  void aDeclaredClusterIsBackedUpVerifiedAndRestored() throws Exception {
    Databases server = site.databases();
    server.execute("postgres", "CREATE DATABASE shop");
    server.execute(
        "shop",
        "CREATE TABLE item (id int PRIMARY KEY, label text)",
        "INSERT INTO item SELECT i, md5(i::text) FROM generate_series(1, 10000) i");
    api.put(
        "/repositories/store", Declarations.s3RepositoryJson(site.stack().ground().s3Endpoint()));
    api.put(
        "/clusters/" + CLUSTER,
        "{\"repository\":\"store\",\"credentialsRef\":\"%s\",\"nodes\":[{\"name\":\"only\",\"host\":\"%s\",\"port\":%d}]}"
            .formatted(CLUSTER, site.host(), site.port()));

    String backup =
        succeeded(
                "/clusters/" + CLUSTER + "/backups",
                "{\"method\":\"LOGICAL\",\"logical\":{\"databases\":{\"include\":[\"shop\"]}}}")
            .path("result")
            .path("backupId")
            .asText();
    JsonNode verified =
        succeeded("/backups/" + backup + "/verifications", "{\"level\":\"STRUCTURE\"}");
    JsonNode restored =
        succeeded(
            "/restores",
            "{\"backupId\":\"%s\",\"logical\":{\"databases\":[\"shop\"],\"targetDatabase\":\"shop copy\"}}"
                .formatted(backup));

    assertThat(verified.path("kind").asText()).isEqualTo("VERIFY");
    assertThat(restored.path("kind").asText()).isEqualTo("RESTORE");
    assertThat(Fingerprint.database(server, "shop copy"))
        .isEqualTo(Fingerprint.database(server, "shop"));
  }

  private JsonNode succeeded(String path, String json) {
    String id = api.post(path, json).path("id").asText();
    JsonNode job =
        Awaitility.await()
            .atMost(Duration.ofMinutes(2))
            .pollInterval(Duration.ofMillis(100))
            .until(() -> api.get("/jobs/" + id), found -> found.path("done").asBoolean());
    assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("SUCCEEDED");
    return job;
  }

  /** A stack of one API and one worker in a folder that PostgreSQL can reach. */
  static io.holdfast.embedded.StackBuilder stack() {
    return Stack.builder(io.holdfast.embedded.process.Folders.temporary("spine"));
  }
}
