package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** WAL on its way into the repository, and what the control plane says of it. */
class ArchiveTest {
  private static final Duration SOON = Duration.ofSeconds(90);

  @Test
  @Tag("slow") // each start of a worker waits for a Kafka that is not there
  void keepsWalFlowingWhileApiAndKafkaAreDownAndWorkersCome() throws Exception {
    try (Fleet fleet = Fleet.own(stack -> stack.workers(2).brokerAsProcess());
        PostgresCluster cluster =
            fleet.startCluster(kind -> kind.standbys(0).setting("archive_mode", "on"))) {
      PostgresServer primary = cluster.primary();
      String name =
          fleet.declareArchived(cluster, fleet.filesystemRepository(), "\"mode\":\"PUSH\"");
      primary.execute("create table filler (t text)");
      Archivers.awaitArchived(primary, write(primary));

      fleet.stack().killApi(0);
      fleet.stack().kafka().kill();
      for (int i = 0; i < 5; i++) {
        Archivers.awaitArchived(primary, write(primary));
      }
      fleet.stack().killWorker(0);
      fleet.stack().killWorker(1);
      String unarchived = write(primary);
      fleet.stack().relaunchWorker(1);
      Archivers.awaitArchived(primary, unarchived);

      fleet.stack().kafka().start();
      fleet.stack().restartApi(0);
      Archivers.awaitArchived(primary, write(primary));
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> {
                JsonNode windows = fleet.api().get("/clusters/" + name + "/recovery-windows");
                assertThat(windows.path("gaps")).isEmpty();
                assertThat(windows.path("timelines").path(0).path("ranges")).hasSize(1);
              });
      Archivers.end(cluster);
    }
  }

  /** The name of the segment that was ended. */
  private static String write(PostgresServer server) {
    server.execute("insert into filler select repeat('x', 100) from generate_series(1, 1000)");
    return server.queryText("select pg_walfile_name(pg_switch_wal())");
  }
}
