package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.fault.Direction;
import io.holdfast.embedded.fault.Fault;
import io.holdfast.embedded.fault.FaultProxy;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** A source that breaks off, is another one, or cancels the dump (faults 1 and 12). */
@TestInstance(Lifecycle.PER_CLASS)
class SourceFaultsTest {
  private final Fleet fleet = Fleet.shared();
  private PostgresCluster cluster;

  @BeforeAll
  void start() {
    cluster = fleet.startCluster(0);
    fleet.fillMegabytes(cluster, 30);
  }

  @AfterAll
  void stop() {
    cluster.close();
  }

  @Test
  void takesABaseBackupAgainAfterItsConnectionWasCut() {
    assertSecondAttemptSucceeds("{\"method\":\"PHYSICAL\"}");
  }

  @Test
  void takesADumpAgainAfterItsConnectionWasCut() {
    assertSecondAttemptSucceeds("{\"method\":\"LOGICAL\"}");
  }

  private void assertSecondAttemptSucceeds(String request) {
    PostgresServer server = cluster.primary();
    try (FaultProxy proxy = FaultProxy.to(server.host(), server.port())) {
      String name = fleet.declareBehind(proxy.port(), cluster, fleet.filesystemRepository());
      proxy.set(new Fault.CutAfter(Direction.TO_CLIENT, 10_000_000));

      JsonNode ended = fleet.finish(fleet.backup(name, request));

      assertThat(proxy.fired()).isEqualTo(1);
      assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("SUCCEEDED");
      assertThat(ended.path("attempt").asInt()).isEqualTo(2);
      assertThat(fleet.backupsOf(name)).hasSize(1);
      fleet.awaitNoTrace(cluster);
      fleet.assertAlwaysTrue(name);
    }
  }

  @Test
  void refusesAnotherClusterAtTheSameAddress() {
    try (PostgresCluster other = fleet.startCluster(0)) {
      String name = fleet.declare(cluster, fleet.filesystemRepository());
      fleet.backedUp(name, "{\"method\":\"LOGICAL\"}");
      int port = cluster.primary().port();
      int otherPort = other.primary().port();
      cluster.primary().stop();
      other.primary().stop();
      try {
        other.primary().start(port);
        assertThat(other.primary().queryText("SELECT 1")).isEqualTo("1");

        JsonNode ended = fleet.finish(fleet.backup(name, "{\"method\":\"LOGICAL\"}"));

        assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("FAILED");
        assertThat(ended.path("problem").path("code").asText()).isEqualTo("CLUSTER_CHANGED");
        assertThat(fleet.backupsOf(name)).hasSize(1);
      } finally {
        other.primary().stop();
        other.primary().start(otherPort);
        cluster.primary().start(port);
      }
      fleet.assertAlwaysTrue(name);
    }
  }

  @Test
  void dumpsFromAnotherNodeWhenAStandbyCancelsTheDump() {
    try (PostgresCluster pair = fleet.startCluster(1)) {
      fleet.fillMegabytes(pair, 30);
      pair.primary().execute("CREATE TABLE victim AS SELECT i FROM generate_series(1, 1000) i");
      pair.standby(0)
          .execute("ALTER SYSTEM SET max_standby_streaming_delay = 0", "SELECT pg_reload_conf()");
      pair.awaitCaughtUp(0);
      String name = fleet.declare(pair, fleet.filesystemRepository());
      String job =
          fleet.backup(name, "{\"method\":\"LOGICAL\",\"rateLimitBytesPerSecond\":3000000}");
      fleet.awaitBytes(job);

      pair.primary().execute("DROP TABLE victim", "DELETE FROM bulk", "VACUUM bulk");
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  !pair.standby(0)
                      .queryText(
                          "SELECT sum(confl_lock + confl_snapshot) FROM"
                              + " pg_stat_database_conflicts")
                      .equals("0"));
      JsonNode ended = fleet.finish(job);

      assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("SUCCEEDED");
      assertThat(ended.path("selection").path("node").asText()).isEqualTo("primary");
      assertThat(fleet.history(job))
          .anySatisfy(
              event ->
                  assertThat(event)
                      .startsWith("NOTED RECOVERY_CONFLICT")
                      .contains("standby-1", "another node"));
      fleet.assertAlwaysTrue(name);
    }
  }
}
