package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.demo.RestCalls.Answer;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a cluster can be brought back to is shown, drilled, and missed when it is gone. */
class ProofTest {
  private final Fleet fleet = Fleet.shared();

  @Test
  void drillsARecoveryAndShowsAGapWithinAMinute() throws Exception {
    try (PostgresCluster cluster =
        fleet.startCluster(kind -> kind.standbys(0).setting("archive_mode", "on"))) {
      PostgresServer primary = cluster.primary();
      String name =
          fleet.declareArchived(cluster, fleet.filesystemRepository(), "\"mode\":\"PUSH\"");
      primary.execute("create table step (n int primary key)");
      String backup = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
      String segment = null;
      for (int i = 1; i <= 4; i++) {
        primary.execute("insert into step values (" + i + ")");
        segment = primary.queryText("select pg_walfile_name(pg_switch_wal())");
      }
      Archivers.awaitArchived(primary, segment);
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () -> {
                JsonNode seen = windows(name);
                assertThat(seen.path("windows").path(0).path("backupId").asText())
                    .isEqualTo(backup);
                assertThat(seen.path("gaps")).isEmpty();
              });

      drillTellsTheTruth(name);

      Archivers.end(cluster);
      removeTheSecondLast(name);
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () -> {
                assertThat(windows(name).path("gaps")).hasSize(1);
                assertThat(fleet.api().get("/clusters/" + name + "/events").toString())
                    .contains("GAP_FOUND");
              });
      Answer refused =
          restoreBeyondTheGap(backup, primary.queryText("select pg_current_wal_lsn()"));
      assertThat(refused.status()).as(refused.text()).isEqualTo(422);
      assertThat(refused.body().path("code").asText()).isEqualTo("target-unreachable");
      assertThat(refused.body().path("detail").asText()).contains("nearest reachable");
      assertThat(fleet.restoreRoot().resolve("beyond-the-gap")).doesNotExist();
    }
  }

  private Answer restoreBeyondTheGap(String backup, String lsn) {
    return fleet
        .api()
        .call(
            "POST",
            "/restores",
            "{\"backupId\":\""
                + backup
                + "\",\"physical\":{\"directory\":\""
                + fleet.restoreRoot().resolve("beyond-the-gap")
                + "\",\"recovery\":{\"type\":\"LSN\",\"lsn\":\""
                + lsn
                + "\"}}}");
  }

  private void drillTellsTheTruth(String name) throws Exception {
    String assertion =
        "\"assertions\":[{\"name\":\"steps\",\"database\":\"postgres\",\"sql\":"
            + "\"select count(*) from step\",\"expected\":\"%s\"}]";
    String good =
        fleet.start(
            "/clusters/" + name + "/drills",
            "{\"target\":{\"type\":\"LATEST\"}," + assertion.formatted("4") + "}");
    JsonNode passed = fleet.finish(good);
    assertThat(passed.path("state").asText()).as(passed.toString()).isEqualTo("SUCCEEDED");
    assertThat(fleet.api().get("/drills/" + good + "/report").toString()).contains("steps");
    Answer page = page(good);
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.text()).contains("<html").contains("steps").doesNotContain("<script");

    String bad =
        fleet.start(
            "/clusters/" + name + "/drills",
            "{\"target\":{\"type\":\"LATEST\"}," + assertion.formatted("<5>") + "}");
    JsonNode failed = fleet.finish(bad);
    assertThat(failed.path("problem").path("code").asText())
        .as(failed.toString())
        .isEqualTo("DRILL_FAILED");
    assertThat(page(bad).text()).contains("&lt;5&gt;");
  }

  private Answer page(String drill) {
    return fleet
        .api()
        .call("GET", "/drills/" + drill + "/report.html", null, "Accept", "text/html");
  }

  private JsonNode windows(String name) {
    return fleet.api().get("/clusters/" + name + "/recovery-windows");
  }

  private void removeTheSecondLast(String name) throws Exception {
    Path wal = fleet.stack().repositoriesRoot().resolve("files/clusters/" + name + "/wal");
    try (Stream<Path> files = Files.walk(wal)) {
      var segments =
          files
              .filter(file -> file.getFileName().toString().matches("[0-9A-F]{24}\\.zst"))
              .sorted()
              .toList();
      Files.delete(segments.get(segments.size() - 2));
    }
  }
}
