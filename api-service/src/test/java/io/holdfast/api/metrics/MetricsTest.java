package io.holdfast.api.metrics;

import static io.holdfast.api.testing.ApiFixture.admin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Manifests;
import io.holdfast.api.testing.Observations;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.Lsn;
import io.holdfast.model.Problem;
import io.holdfast.model.cluster.NodeObservation;
import io.holdfast.model.cluster.NodeRole;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.event.WorkerEvent;
import io.holdfast.model.job.JobResult;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class MetricsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Path PAGE = Path.of("..", "docs", "operations", "metrics.md");

  /** A row of the page's tables: name with labels, type. */
  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z_]+)(?:\\{([a-z,]+)\\})?` \\| (gauge|counter|summary) \\|.*");

  /** Shown by workers, where WatchedMetricsTest of the system tests looks for them. */
  private static final Set<String> OF_THE_WORKER =
      Set.of("holdfast_worker_disk_free_bytes", "holdfast_worker_disk_size_bytes");

  @TestHTTPResource(value = "/", management = true)
  URI management;

  private ApiFixture api;

  private record Metric(String type, Set<String> labels) {}

  @BeforeEach
  void declare() {
    api = new ApiFixture();
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void showsExactlyTheMetricsThatThePageLists() throws IOException {
    String second = Api.repository();
    api.archived("{}", Observations.SYSTEM);
    api.declared(
        "\"expectedSystemIdentifier\":\"7\",\"archive\":{},\"copies\":[{\"repository\":\""
            + second
            + "\"}],");
    String target = Api.name("target");
    admin()
        .body(
            "{\"type\":\"CHAT\",\"chat\":{\"urlRef\":\"nobody\"},\"routes\":[{\"kinds\":[\"NONE\"]}]}")
        .put("/api/v1/notification-targets/" + target)
        .then()
        .statusCode(201);
    admin()
        .body("{\"kind\":\"BACKUP\",\"cron\":\"0 2 * * *\",\"backup\":{\"method\":\"LOGICAL\"}}")
        .put("/api/v1/clusters/" + api.cluster() + "/schedules/nightly")
        .then()
        .statusCode(201);
    seen(
        new NodeObservation(
            "pg-2",
            NodeRole.STANDBY,
            null,
            "15.18",
            150018,
            Observations.SYSTEM,
            1,
            Lsn.parse("0/1000000"),
            4096L,
            1.5,
            "streaming",
            false,
            0.0,
            30.0,
            true));
    awaitSeries("holdfast_replication_lag_bytes");
    awaitSeries("holdfast_schedule_overdue");
    awaitSeries("holdfast_copies_waiting");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                scrape().value("holdfast_notification_pending", Map.of("target", target)) != null);

    Scrape scrape = scrape();
    Map<String, Metric> shown = new TreeMap<>();
    scrape.types().forEach((name, type) -> shown.put(name, new Metric(type, scrape.labels(name))));

    assertThat(shown).isEqualTo(listed());
    Map<String, String> standby = mine("node", "pg-2");
    assertThat(scrape.value("holdfast_replication_lag_bytes", standby)).isEqualTo(4096);
    assertThat(scrape.value("holdfast_replication_lag_seconds", standby)).isEqualTo(1.5);
    assertThat(scrape.value("holdfast_replication_lag_limit_bytes", mine())).isEqualTo(1_048_576);
  }

  /** By a worker that looks at the cluster. */
  private void seen(NodeObservation... nodes) {
    Instant now = Instant.now();
    api.worker()
        .say(
            new WorkerEvent.TopologyObserved(
                UUID.randomUUID().toString(),
                "worker-1",
                now,
                new Topology(api.cluster(), now, List.of(nodes))));
  }

  @Test
  void showsEveryMetricThatARuleOrADashboardLooksAt() throws IOException {
    awaitSeries("holdfast_recoverable");
    awaitSeries("holdfast_jobs_finished_total");
    awaitSeries("backup_last_success_timestamp");

    Set<String> watched = new TreeSet<>();
    for (String file :
        List.of("alerts/holdfast.rules.yaml", "dashboards/fleet.json", "dashboards/cluster.json")) {
      watched.addAll(named(Files.readString(PAGE.resolveSibling(file))));
    }

    assertThat(watched).hasSizeGreaterThan(30);
    watched.removeAll(OF_THE_WORKER);
    assertThat(scrape().types().keySet()).containsAll(watched);
  }

  /** What stands in expressions; "holdfast_" alone begins no other word there. */
  private static Set<String> named(String text) {
    Set<String> names = new TreeSet<>();
    Matcher name = Pattern.compile("\\b(?:holdfast|backup)_[a-z_]+").matcher(text);
    while (name.find()) {
      names.add(name.group());
    }
    return names;
  }

  @Test
  void hasEverySeriesOfAClusterAtZeroFromTheStartAndNoneWhenItIsGone() {
    awaitSeries("holdfast_jobs_finished_total");
    awaitSeries("backup_last_success_timestamp");
    Scrape young = scrape();
    assertThat(young.value("backup_last_success_timestamp", mine())).isZero();
    assertThat(young.value("holdfast_backups", mine("state", "SUSPECT"))).isZero();
    assertThat(
            young.value(
                "holdfast_jobs_finished_total", mine("kind", "BACKUP", "outcome", "FAILED")))
        .isZero();
    assertThat(young.value("holdfast_job_last_failure_timestamp_seconds", mine("kind", "DRILL")))
        .isZero();
    assertThat(
            young.value(
                "holdfast_verification_last_success_timestamp_seconds", mine("level", "RESTORE")))
        .isZero();

    admin()
        .header("If-Match", "*")
        .delete("/api/v1/clusters/" + api.cluster())
        .then()
        .statusCode(204);

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(text()).doesNotContain("cluster=\"" + api.cluster() + "\""));
  }

  @Test
  void saysOfEachDatabaseWhenItWasLastBackedUpHowLargeItWasAndHowLongItTook() {
    String id = api.backup("{\"method\":\"LOGICAL\"}");
    JobCommand.RunJob run = api.worker().awaitRun(id, 1);
    api.worker().accept(id, 1);
    api.worker().succeed(id, 1, new JobResult.BackedUp(Manifests.of(run, "LOGICAL", 4000), null));
    Instant now = Instant.now();
    Map<String, String> orders = mine("database", "orders", "type", "LOGICAL");
    await()
        .atMost(PATIENCE)
        .until(() -> scrape().value("backup_last_success_timestamp", orders) != null);

    Scrape scrape = scrape();
    assertThat(scrape.value("backup_last_success_timestamp", orders))
        .isBetween(now.getEpochSecond() - 60.0, now.getEpochSecond() + 1.0);
    assertThat(scrape.value("backup_size_bytes", orders)).isEqualTo(1000);
    assertThat(scrape.value("backup_duration_seconds", orders)).isEqualTo(3);
    assertThat(scrape.value("backup_size_bytes", mine("type", "ANY"))).isEqualTo(1000);
  }

  @Test
  void countsNoBackupThatBuildsOnOneThatIsSuspect() {
    Instant now = Instant.now();
    String full = api.physical("0/220000", "0/240000", now.minusSeconds(90));
    String incremental =
        api.physical(
            "{\"method\":\"PHYSICAL\",\"physical\":{\"type\":\"INCREMENTAL\"}}",
            "0/320000",
            "0/340000",
            now.minusSeconds(60),
            null);
    assertThat(full).isNotEqualTo(incremental);
    awaitNewest("INCREMENTAL", now.minusSeconds(60));
    awaitNewest("ANY", now.minusSeconds(60));

    String verify =
        admin()
            .body("{\"level\":\"CHECKSUM\"}")
            .post("/api/v1/backups/" + full + "/verifications")
            .then()
            .statusCode(202)
            .extract()
            .path("id");
    var unused = api.worker().awaitRun(verify, 1);
    api.worker().accept(verify, 1);
    api.worker().fail(verify, 1, Problem.of(ErrorCode.ARTIFACT_DAMAGED, "it differs", "look"));

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Scrape scrape = scrape();
              assertThat(
                      scrape.series("backup_last_success_timestamp", mine("type", "INCREMENTAL")))
                  .isEmpty();
              assertThat(scrape.value("backup_last_success_timestamp", mine("type", "ANY")))
                  .isZero();
              assertThat(scrape.value("holdfast_recoverable", mine())).isZero();
              assertThat(scrape.value("holdfast_backups", mine("state", "SUSPECT"))).isEqualTo(1);
            });
  }

  private void awaitNewest(String type, Instant finishedAt) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(scrape().value("backup_last_success_timestamp", mine("type", type)))
                    .isEqualTo(finishedAt.toEpochMilli() / 1000.0));
  }

  @Test
  void countsAJobThatFailedOnceAndSaysWhen() {
    String id = api.backup("{\"method\":\"LOGICAL\"}");
    api.worker().awaitRun(id, 1);
    api.worker().accept(id, 1);
    api.worker().fail(id, 1, Problem.of(ErrorCode.PERMISSION_DENIED, "no", "grant it"));
    Map<String, String> failed = mine("kind", "BACKUP", "outcome", "FAILED");
    await()
        .atMost(PATIENCE)
        .until(
            () -> Double.valueOf(1).equals(scrape().value("holdfast_jobs_finished_total", failed)));

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        scrape()
                            .value(
                                "holdfast_job_last_failure_timestamp_seconds",
                                mine("kind", "BACKUP")))
                    .isGreaterThan(Instant.now().getEpochSecond() - 60.0));
  }

  private void awaitSeries(String name) {
    await().atMost(PATIENCE).until(() -> !scrape().series(name, mine()).isEmpty());
  }

  private Map<String, String> mine(String... labels) {
    Map<String, String> mine = new TreeMap<>(Map.of("cluster", api.cluster()));
    for (int i = 0; i < labels.length; i += 2) {
      mine.put(labels[i], labels[i + 1]);
    }
    return mine;
  }

  private Scrape scrape() {
    return Scrape.of(text());
  }

  private String text() {
    return RestAssured.given()
        .header("Accept", Scrape.FORMAT)
        .get(management.resolve("/q/metrics"))
        .asString();
  }

  private static Map<String, Metric> listed() throws IOException {
    Map<String, Metric> listed = new TreeMap<>();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        listed.put(
            row.group(1),
            new Metric(
                row.group(3),
                row.group(2) == null ? Set.of() : new TreeSet<>(Set.of(row.group(2).split(",")))));
      }
    }
    return listed;
  }
}
