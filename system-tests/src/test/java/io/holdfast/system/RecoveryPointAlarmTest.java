package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.fault.Fault;
import io.holdfast.embedded.fault.FaultProxy;
import io.holdfast.embedded.fault.SmallDisk;
import io.holdfast.embedded.junit.RequiresProgram;
import io.holdfast.embedded.junit.RequiresSmallDisk;
import io.holdfast.embedded.postgres.Login;
import io.holdfast.embedded.postgres.PostgresCluster;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No backup happens, for five reasons, and somebody is told (fault 20). About three minutes. */
@Tag("slow")
@RequiresProgram(value = Promtool.NAME, install = Promtool.INSTALL)
@RequiresSmallDisk
class RecoveryPointAlarmTest {
  private static final Path RULES =
      Path.of("..", "docs", "operations", "alerts", "holdfast.rules.yaml");
  private static final String ALARM = "HoldfastRecoveryPointBreached";
  private static final String DUMP = "{\"method\":\"LOGICAL\"}";
  private static final Duration OBJECTIVE = Duration.ofMinutes(1);

  @TempDir Path folder;

  private Fleet fleet;
  private PostgresCluster cluster;
  private SmallDisk disk;

  @BeforeEach
  void start() throws IOException {
    fleet = Fleet.own(stack -> stack.workers(1).setting("holdfast.metrics.interval", "1s"));
    cluster = fleet.startCluster(0);
    disk =
        SmallDisk.over(
            Files.createDirectories(fleet.stack().repositoriesRoot().resolve("small-disk")), 12);
  }

  @AfterEach
  void stop() {
    if (cluster != null) {
      cluster.close();
    }
    if (disk != null) {
      disk.close();
    }
    if (fleet != null) {
      fleet.close();
    }
  }

  @Test
  void firesForEachClusterOfWhichNoBackupHappensAndForNoOther() throws Exception {
    cluster.primary().execute("CREATE ROLE passing LOGIN SUPERUSER PASSWORD 'canary-passing'");
    Login passing = new Login("passing", "canary-passing");
    try (FaultProxy proxy = FaultProxy.to(cluster.primary().host(), cluster.primary().port())) {
      String revoked = declared(fleet.s3Repository(), passing);
      String full = declared(fleet.filesystemRepositoryAt(disk.folder()), cluster.superuser());
      String failing = fleet.declareBehind(proxy.port(), cluster, fleet.s3Repository(), OBJECTIVE);
      String forgotten = declared(fleet.s3Repository(), cluster.superuser());
      String workerless = declared(fleet.s3Repository(), cluster.superuser());
      String healthy = declared(fleet.s3Repository(), cluster.superuser());
      Set<String> broken = new TreeSet<>(Set.of(revoked, full, failing, forgotten, workerless));
      for (String name : broken) {
        fleet.backedUp(name, DUMP);
      }
      Instant good = Instant.now();

      cluster.primary().execute("ALTER ROLE passing NOLOGIN");
      fill(disk.folder());
      proxy.set(new Fault.Refuse());
      deleteTheScheduleOf(forgotten);
      for (String name : Set.of(revoked, full, failing)) {
        JsonNode ended = fleet.finish(fleet.backup(name, DUMP));
        assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("FAILED");
      }
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> Instant.now().isAfter(good.plus(OBJECTIVE).plusSeconds(5)));
      fleet.backedUp(healthy, DUMP);
      fleet.stack().killWorker(0);
      String waiting = fleet.backup(workerless, DUMP);

      ScrapedState scraped = scrapedWith(healthy, good);

      assertThat(fleet.job(waiting).path("done").asBoolean()).isFalse();
      Files.writeString(
          folder.resolve("scraped.yaml"),
          scraped.ruleTest(RULES, ALARM, broken, sample -> sample.of(healthy)));
      Promtool.check(folder, "test", "rules", "scraped.yaml");
    }
  }

  /** There was one, and a run was due; now nobody expects any. */
  private void deleteTheScheduleOf(String name) {
    String schedule = "/clusters/" + name + "/schedules/nightly";
    JsonNode unused =
        fleet
            .api()
            .put(
                schedule,
                "{\"kind\":\"BACKUP\",\"backup\":{\"method\":\"LOGICAL\"},\"cron\":\"0 0 1 1 *\"}");
    assertThat(fleet.api().call("DELETE", schedule, null, "If-Match", "*").status()).isEqualTo(204);
  }

  private String declared(String repository, Login login) {
    return fleet.declareWithin(cluster, repository, login, OBJECTIVE);
  }

  /** The first scrape that knows of the healthy cluster's backup. */
  private ScrapedState scrapedWith(String healthy, Instant good) {
    URI metrics = URI.create(fleet.stack().apiManagementUrl(0) + "/metrics");
    return Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> ScrapedState.of(metrics),
            scraped ->
                scraped.value("holdfast_recovery_point_timestamp_seconds", healthy)
                    > good.getEpochSecond());
  }

  private static void fill(Path disk) throws IOException {
    long room = Files.getFileStore(disk).getUsableSpace();
    Files.write(disk.resolve("somebody-elses"), new byte[(int) room]);
  }
}
