package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.postgres.PostgresCluster;
import org.junit.jupiter.api.Test;

/** Promotion of a standby, before and during a backup. */
class FailoverTest {
  private final Fleet fleet = Fleet.shared();

  @Test
  void backsUpAfterAFailoverWithoutReconfiguration() throws Exception {
    try (PostgresCluster cluster = fleet.startCluster(1)) {
      String name = fleet.declare(cluster, fleet.filesystemRepository());
      assertThat(
              fleet.finish(fleet.backup(name, "{\"method\":\"PHYSICAL\"}")).path("state").asText())
          .isEqualTo("SUCCEEDED");

      cluster.primary().kill();
      cluster.promote(0);
      JsonNode job = fleet.finish(fleet.backup(name, "{\"method\":\"PHYSICAL\"}"));

      assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("SUCCEEDED");
      assertThat(job.path("selection").path("node").asText()).isEqualTo("standby-1");
      assertThat(StandbyChoiceTest.verdict(job, "primary").path("code").asText())
          .isEqualTo("UNREACHABLE");
    }
  }

  @Test
  void publishesNothingWhenTheStandbyIsPromotedMidBackup() throws Exception {
    try (PostgresCluster cluster = fleet.startCluster(1)) {
      String name = fleet.declare(cluster, fleet.filesystemRepository());
      fleet.fillMegabytes(cluster, 60);
      cluster.awaitCaughtUp(0);
      String job =
          fleet.backup(
              name,
              "{\"method\":\"PHYSICAL\",\"rateLimitBytesPerSecond\":4000000,"
                  + "\"standbyPolicy\":{\"target\":\"STANDBY\",\"whenNone\":\"FAIL\"}}");
      fleet.awaitBytes(job);
      cluster.promote(0);

      JsonNode ended = fleet.finish(job);
      assertThat(ended.path("state").asText()).isEqualTo("FAILED");
      assertThat(ended.toString()).contains("CLUSTER_CHANGED");
      assertThat(fleet.backupsOf(name)).isEmpty();
      fleet.assertAlwaysTrue(name);
    }
  }
}
