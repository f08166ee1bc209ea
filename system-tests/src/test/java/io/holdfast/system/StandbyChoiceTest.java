package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.postgres.PostgresCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Which node a backup reads from, and what it says about the others. */
@TestInstance(Lifecycle.PER_CLASS)
class StandbyChoiceTest {
  private static final String POLICY =
      "{\"method\":\"LOGICAL\",\"standbyPolicy\":{\"target\":\"STANDBY\",\"maxLagBytes\":1048576,"
          + "\"whenNone\":\"%s\",\"waitFor\":\"%s\"}}";
  private final Fleet fleet = Fleet.shared();
  private PostgresCluster cluster;
  private String name;

  @BeforeAll
  void declare() throws Exception {
    cluster = fleet.startCluster(2);
    name = fleet.declare(cluster, fleet.filesystemRepository());
    fleet.superuser(cluster).execute("postgres", "CREATE TABLE filler (v text)");
  }

  @AfterAll
  void stop() {
    cluster.close();
  }

  @Test
  void choosesTheHealthyStandbyAndSaysWhyNotTheOthers() throws Exception {
    cluster.pauseReplay(0);
    writeMoreThanTheLimit();
    cluster.awaitCaughtUp(1);
    try {
      JsonNode job = fleet.finish(fleet.backup(name, "{\"method\":\"LOGICAL\"}"));

      assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("SUCCEEDED");
      assertThat(job.path("selection").path("node").asText()).isEqualTo("standby-2");
      assertThat(verdict(job, "standby-1").path("chosen").asBoolean()).isFalse();
      assertThat(verdict(job, "standby-1").path("code").asText())
          .isIn("REPLAY_PAUSED", "LAG_BYTES");
      assertThat(verdict(job, "primary").path("reason").asText()).isNotBlank();
      assertThat(
              fleet
                  .api()
                  .get("/backups/" + job.path("result").path("backupId").asText())
                  .toString())
          .contains("\"standby-2\"");
    } finally {
      cluster.resumeReplay(0);
      cluster.awaitCaughtUp(0);
    }
  }

  @Test
  void doesWhatThePolicySaysWhenNoStandbyIsHealthy() throws Exception {
    cluster.pauseReplay(0);
    cluster.pauseReplay(1);
    writeMoreThanTheLimit();
    try {
      JsonNode primary = fleet.finish(fleet.backup(name, String.format(POLICY, "PRIMARY", "PT1S")));
      assertThat(primary.path("selection").path("node").asText()).isEqualTo("primary");

      JsonNode failed = fleet.finish(fleet.backup(name, String.format(POLICY, "FAIL", "PT1S")));
      assertThat(failed.path("state").asText()).isEqualTo("FAILED");
      assertThat(failed.path("problem").path("code").asText()).isEqualTo("NO_ELIGIBLE_NODE");
      assertThat(failed.path("problem").path("detail").asText()).contains("standby-1");

      String waiting = fleet.backup(name, String.format(POLICY, "WAIT", "PT60S"));
      fleet.awaitRunning(waiting);
      cluster.resumeReplay(1);
      JsonNode waited = fleet.finish(waiting);
      assertThat(waited.path("selection").path("node").asText()).isEqualTo("standby-2");
    } finally {
      cluster.resumeReplay(0);
      cluster.resumeReplay(1);
      cluster.awaitAllCaughtUp();
    }
  }

  private void writeMoreThanTheLimit() throws Exception {
    fleet
        .superuser(cluster)
        .execute(
            "postgres",
            "INSERT INTO filler SELECT repeat(md5(i::text), 30) FROM generate_series(1, 6000) i");
  }

  static JsonNode verdict(JsonNode job, String node) {
    for (JsonNode verdict : job.path("selection").path("nodes")) {
      if (verdict.path("node").asText().equals(node)) {
        return verdict;
      }
    }
    throw new AssertionError("no verdict on " + node + " in " + job);
  }
}
