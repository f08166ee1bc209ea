package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.demo.RestCalls;
import io.holdfast.embedded.postgres.PostgresCluster;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** An API or a broker that dies at the worst moment (faults 10 and 11), and replicas. */
@TestInstance(Lifecycle.PER_CLASS)
class ControlPlaneFaultsTest {
  private static final String SLOW =
      "{\"method\":\"PHYSICAL\",\"rateLimitBytesPerSecond\":6000000}";

  private Fleet fleet;
  private PostgresCluster cluster;

  @BeforeAll
  void start() {
    fleet = Fleet.own(stack -> stack.apiReplicas(2).brokerAsProcess());
    cluster = fleet.startCluster(0);
    fleet.fillMegabytes(cluster, 40);
  }

  @AfterAll
  void stop() {
    cluster.close();
    fleet.close();
  }

  @Test
  void runsAnAcceptedJobOnceWhenTheApiIsKilledRightAfterTheAnswer() {
    String name = fleet.declare(cluster, fleet.filesystemRepository());
    String job = fleet.backup(name, "{\"method\":\"LOGICAL\"}");
    fleet.stack().killApi(0);
    assertThat(fleet.stack().apiProcess(0).isAlive()).isFalse();
    fleet.stack().restartApi(0);

    assertRanOnce(job, name);
  }

  @Test
  void runsAJobOnceThatWasAcceptedWhileTheBrokerWasDead() {
    String name = fleet.declare(cluster, fleet.filesystemRepository());
    fleet.stack().kafka().kill();
    String job = fleet.backup(name, "{\"method\":\"LOGICAL\"}");
    assertThat(fleet.job(job).path("done").asBoolean()).isFalse();
    fleet.stack().kafka().start();

    assertRanOnce(job, name);
  }

  @Test
  void endsAJobInOneStateWhenTheBrokerDiesInTheMiddleOfIt() {
    String name = fleet.declare(cluster, fleet.filesystemRepository());
    String job = fleet.backup(name, SLOW);
    fleet.awaitBytes(job);
    fleet.stack().kafka().kill();
    fleet.stack().kafka().start();

    JsonNode ended = fleet.finish(job);

    assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("SUCCEEDED");
    assertThat(finished(job)).hasSize(1);
    assertThat(fleet.backupsOf(name)).hasSize(1);
    assertThat(fleet.job(job).path("state").asText()).isEqualTo("SUCCEEDED");
    fleet.assertAlwaysTrue(name);
  }

  @Test
  void showsAJobOfOneReplicaWithItsEventsOnTheOther() {
    String name = fleet.declare(cluster, fleet.filesystemRepository());
    RestCalls other = new RestCalls(fleet.stack().apiUrl(1), fleet.stack().adminKey());
    String job = fleet.backup(name, "{\"method\":\"LOGICAL\"}");

    try (Stream<String> lines = other.stream("/jobs/" + job + "/events")) {
      // The stream ends after the job's last event, so reading it to its end also waits.
      assertThat(lines.toList()).anyMatch(line -> line.contains("FINISHED"));
    }
    assertThat(other.get("/jobs/" + job).path("state").asText()).isEqualTo("SUCCEEDED");
    assertThat(other.get("/jobs/" + job + "/events")).isEqualTo(events(job));
  }

  private void assertRanOnce(String job, String name) {
    JsonNode ended = fleet.finish(job);
    assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("SUCCEEDED");
    assertThat(fleet.history(job).stream().filter(event -> event.startsWith("STARTED"))).hasSize(1);
    assertThat(finished(job)).hasSize(1);
    assertThat(fleet.backupsOf(name)).hasSize(1);
    fleet.assertAlwaysTrue(name);
  }

  private JsonNode events(String job) {
    return fleet.api().get("/jobs/" + job + "/events");
  }

  private List<String> finished(String job) {
    return fleet.history(job).stream().filter(event -> event.startsWith("FINISHED")).toList();
  }
}
