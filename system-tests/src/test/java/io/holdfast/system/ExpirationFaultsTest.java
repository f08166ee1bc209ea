package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.Stack;
import io.holdfast.embedded.fault.Direction;
import io.holdfast.embedded.fault.Fault;
import io.holdfast.embedded.fault.FaultProxy;
import io.holdfast.embedded.postgres.PostgresCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A worker is killed anywhere in an expiration; another one carries on (faults 7 and 8). */
class ExpirationFaultsTest {
  @Test
  @Tag("slow")
  void anotherWorkerCarriesOnWhereverOneWasKilled() throws Exception {
    long seed = new Random().nextLong();
    System.err.println("ExpirationFaultsTest: seed " + seed);
    Random random = new Random(seed);
    try (Fleet fleet = Fleet.own(2);
        PostgresCluster cluster = fleet.startCluster(0);
        FaultProxy proxy = FaultProxy.to("127.0.0.1", fleet.stack().s3().port())) {
      String name = fleet.declare(cluster, fleet.s3RepositoryAt("http://" + proxy.endpoint()));
      Retentions retention = new Retentions(fleet, name);
      retention.declare(Retentions.LITTLE);
      Path store = fleet.stack().s3().folderOf(Stack.BUCKET);
      int killed = 0;
      for (int round = 0; round < 3; round++) {
        List<String> backups = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          backups.add(fleet.backedUp(name, "{\"method\":\"LOGICAL\"}"));
        }
        // An expiration of two backups sends some forty requests of several hundred bytes.
        proxy.set(new Fault.StallAfter(Direction.TO_SERVER, 500 + random.nextInt(25_000)));
        String job = fleet.start("/clusters/" + name + "/expirations", "{}");
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> proxy.fired() > 0 || fleet.job(job).path("done").asBoolean());
        if (proxy.fired() > 0) {
          fleet.awaitRunning(job);
          int worker = fleet.workerOf(job);
          fleet.stack().killWorker(worker);
          killed++;
          proxy.pass();
          fleet.finish(job);
          fleet.stack().restartWorker(worker);
        }
        proxy.pass();
        JsonNode ended = fleet.finish(job);

        assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("SUCCEEDED");
        String newest = backups.removeLast();
        for (String gone : backups) {
          assertThat(Retentions.objects(store, name, gone)).containsExactly("expired.json");
        }
        assertThat(fleet.backupsOf(name))
            .extracting(backup -> backup.path("id").asText())
            .contains(newest)
            .doesNotContainAnyElementsOf(backups);
        fleet.assertAlwaysTrue(name);
      }
      assertThat(killed).as("workers that were killed").isPositive();
    }
  }
}
