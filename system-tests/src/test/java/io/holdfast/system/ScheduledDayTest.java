package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.embedded.postgres.PostgresCluster;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A day of schedules in minutes, on three replicas whose clock the test moves: the night in which
 * clocks in Berlin show an hour twice. A replica is killed for good at a full hour, Kafka is away
 * for an hour, the workers of one pool for two, and another pool never had any.
 */
@Tag("slow")
class ScheduledDayTest {
  private static final Instant START = Instant.parse("2027-10-30T20:30:00Z");
  private static final Instant END = START.plus(Duration.ofHours(24));
  private static final Duration STEP = Duration.ofMinutes(10);
  private static final Duration PATIENCE = Duration.ofSeconds(150);

  private static final Instant REPLICA_DIES = at("2027-10-30T23:00:00Z");
  private static final Instant BROKER_GOES = at("2027-10-31T06:00:00Z");
  private static final Instant BROKER_COMES = at("2027-10-31T07:00:00Z");
  private static final Instant PIPELINE_ASKS = at("2027-10-31T12:10:00Z");
  private static final Instant PIPELINE_IS_MISSED = at("2027-10-31T12:30:00Z");
  private static final Instant WORKER_GOES = at("2027-10-31T14:00:00Z");
  private static final Instant WORKER_COMES = at("2027-10-31T16:00:00Z");

  private static final String LOGICAL = "\"kind\":\"BACKUP\",\"backup\":{\"method\":\"LOGICAL\"}";
  private static final String PHYSICAL = "\"kind\":\"BACKUP\",\"backup\":{\"method\":\"PHYSICAL\"}";
  private static final String CHECK =
      "\"kind\":\"VERIFICATION\",\"verification\":{\"level\":\"CHECKSUM\"}";

  @TempDir Path folder;

  private final Map<String, List<Instant>> due = new HashMap<>();
  private final HookReceiver pager = new HookReceiver();
  private Fleet fleet;
  private MovedClock clock;
  private String asked;
  private String billing;

  @Test
  void givesEachDueRunExactlyOneOutcomeAndRaisesWhatWasMissedInTime() throws Exception {
    clock = new MovedClock(folder, START);
    List<String> options = new ArrayList<>(clock.jvmOptions());
    options.add("-Xmx256m");
    fleet =
        Fleet.own(
            stack ->
                stack
                    .apiReplicas(3)
                    .brokerAsProcess()
                    .apiJvmOptions(options.toArray(String[]::new))
                    .setting("holdfast.jobs.lease", "30m")
                    .setting("holdfast.jobs.accept-within", "30m")
                    .setting("holdfast.topology.interval", "6h")
                    .setting("holdfast.notifications.allowed-destinations", "127.0.0.1")
                    .setting("holdfast.secret.pager-key", "pager-secret")
                    .setting("holdfast.scans.interval", "PT0S"));
    try (PostgresCluster cluster = fleet.startCluster(0)) {
      declare(cluster);
      for (Instant now = START.plus(STEP); !now.isAfter(END); now = now.plus(STEP)) {
        clock.moveTo(now);
        happen(now);
        awaitDecided(now);
        if (now.equals(PIPELINE_IS_MISSED)) {
          awaitTold();
        }
        if (!away(now)) {
          awaitIdle();
        }
      }
      due.forEach(this::assertOneOutcomeEach);
      assertAlarm();
      assertToldOnce();
    } finally {
      pager.close();
      fleet.close();
    }
  }

  private void declare(PostgresCluster cluster) {
    String repository = fleet.filesystemRepository();
    String orders = fleet.declare(cluster, repository);
    billing = fleet.declare(cluster, repository);
    asked = orders;
    fleet
        .api()
        .put(
            "/notification-targets/pager",
            "{\"type\":\"WEBHOOK\",\"webhook\":{\"url\":\""
                + pager.url()
                + "\",\"secretRef\":\"pager-key\"},\"routes\":[{\"kinds\":[\"RUN_MISSED\"]}]}");
    fleet
        .api()
        .put(
            "/clusters/remote",
            "{\"pool\":\"remote\",\"repository\":\""
                + repository
                + "\",\"credentialsRef\":\"remote\",\"nodes\":[{\"name\":\"pg\",\"host\":"
                + "\"127.0.0.1\",\"port\":5432}]}");
    List<Instant> hours = every("2027-10-30T21:00:00Z", Duration.ofHours(1));
    schedule("/clusters/" + orders + "/schedules/hourly", "0 * * * *", LOGICAL, hours);
    schedule("/clusters/" + billing + "/schedules/hourly", "0 * * * *", LOGICAL, hours);
    schedule("/clusters/remote/schedules/hourly", "0 * * * *", LOGICAL, hours);
    schedule(
        "/clusters/" + orders + "/schedules/nightly",
        "30 2 * * *",
        PHYSICAL + ",\"zone\":\"Europe/Berlin\"",
        List.of(at("2027-10-31T00:30:00Z")));
    schedule(
        "/clusters/" + orders + "/schedules/checks",
        "15 */6 * * *",
        CHECK,
        every("2027-10-31T00:15:00Z", Duration.ofHours(6)));
    schedule(
        "/clusters/" + orders + "/schedules/expiry",
        "0 5 * * *",
        // By the services' clock all that the workers write is a year old.
        "\"kind\":\"EXPIRATION\",\"expiration\":{\"dryRun\":true}",
        List.of(at("2027-10-31T05:00:00Z")));
    schedule(
        "/clusters/" + billing + "/schedules/paused",
        "0 */4 * * *",
        LOGICAL + ",\"paused\":true",
        every("2027-10-31T00:00:00Z", Duration.ofHours(4)));
    schedule(
        "/clusters/" + billing + "/schedules/windowed",
        "30 */3 * * *",
        LOGICAL + ",\"window\":{\"from\":\"22:00\",\"until\":\"06:00\"}",
        every("2027-10-30T21:30:00Z", Duration.ofHours(3)));
    schedule(
        "/repositories/" + repository + "/schedules/scan",
        "0 4 * * *",
        "\"kind\":\"SCAN\"",
        List.of(at("2027-10-31T04:00:00Z")));
    String external = LOGICAL + ",\"external\":true,\"deadline\":\"PT30M\"";
    List<Instant> noon = List.of(at("2027-10-31T12:00:00Z"));
    schedule("/clusters/" + orders + "/schedules/ci", "0 12 * * *", external, noon);
    schedule("/clusters/" + billing + "/schedules/ci", "0 12 * * *", external, noon);
  }

  private void schedule(String path, String cron, String members, List<Instant> dueAt) {
    fleet.api().put(path, "{\"cron\":\"" + cron + "\"," + members + "}");
    due.put(path, dueAt);
  }

  private void happen(Instant now) {
    if (now.equals(REPLICA_DIES)) {
      fleet.stack().killApi(1);
    } else if (now.equals(BROKER_GOES)) {
      fleet.stack().kafka().kill();
    } else if (now.equals(BROKER_COMES)) {
      fleet.stack().kafka().start();
    } else if (now.equals(WORKER_GOES)) {
      fleet.stack().stopWorker(0);
    } else if (now.equals(WORKER_COMES)) {
      fleet.stack().restartWorker(0);
    } else if (now.equals(PIPELINE_ASKS)) {
      var answer =
          fleet
              .api()
              .call(
                  "POST",
                  "/clusters/" + asked + "/backups",
                  "{\"method\":\"LOGICAL\"}",
                  "Holdfast-Schedule",
                  "ci");
      assertThat(answer.status()).as(answer.text()).isEqualTo(202);
    }
  }

  private static boolean away(Instant now) {
    return !now.isBefore(BROKER_GOES) && now.isBefore(BROKER_COMES)
        || !now.isBefore(WORKER_GOES) && now.isBefore(WORKER_COMES);
  }

  private void awaitDecided(Instant now) {
    awaitNone(
        "select count(*) from schedule_run r join schedule s on s.id = r.schedule_id where r.state"
            + " = 'EXPECTED' and case when s.external then r.deadline_at else r.start_at end <= '"
            + now
            + "'");
  }

  private void awaitIdle() {
    awaitNone("select count(*) from job where finished_at is null and pool = 'default'");
  }

  private void awaitNone(String count) {
    Awaitility.await(count)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> fleet.stack().catalog().queryTextIn("holdfast", count).equals("0"));
  }

  private void assertOneOutcomeEach(String path, List<Instant> dueAt) {
    List<Instant> runs = new ArrayList<>();
    Set<String> jobs = new TreeSet<>();
    for (JsonNode run : fleet.api().get(path + "/runs?limit=200").path("items")) {
      Instant at = at(run.path("dueAt").asText());
      if (at.isAfter(END)) {
        continue;
      }
      runs.addFirst(at);
      assertThat(run.path("outcome").asText())
          .as("%s %s", path, run)
          .isIn("JOB", "MISSED", "SKIPPED");
      if (run.hasNonNull("jobId")) {
        assertThat(jobs.add(run.path("jobId").asText())).as("%s %s", path, run).isTrue();
      }
    }
    assertThat(runs).as(path).isEqualTo(dueAt);
    assertThat(codes(path)).as(path).isEqualTo(wantedCodes(path));
    if (path.startsWith("/clusters/") && !path.endsWith("/ci")) {
      assertThat(jobsOf(path)).as(path).isEqualTo(jobs);
    }
  }

  /** Beside JOB, and beside RUNNING where something was away. */
  private Set<String> wantedCodes(String path) {
    if (path.endsWith("/paused")) {
      return Set.of("PAUSED");
    }
    if (path.endsWith("/windowed")) {
      return Set.of("WINDOW");
    }
    return path.equals("/clusters/" + billing + "/schedules/ci") ? Set.of("NOT_ASKED") : Set.of();
  }

  private Set<String> codes(String path) {
    Set<String> codes = new TreeSet<>();
    fleet
        .api()
        .get(path + "/runs?limit=200")
        .path("items")
        .forEach(run -> codes.add(run.path("code").asText()));
    codes.removeAll(Set.of("", "RUNNING"));
    return codes;
  }

  private Set<String> jobsOf(String path) {
    String[] parts = path.split("/");
    Set<String> jobs = new TreeSet<>();
    for (JsonNode job : fleet.api().get("/jobs?limit=200&cluster=" + parts[2]).path("items")) {
      if (job.path("trigger").asText().equals("schedule:" + parts[4])) {
        jobs.add(job.path("id").asText());
      }
    }
    return jobs;
  }

  /** The request that nobody made: an event, an audit row and a metric, a minute after at most. */
  private void assertAlarm() {
    Instant deadline = PIPELINE_IS_MISSED;
    JsonNode events =
        fleet.api().get("/clusters/" + billing + "/events?type=RUN_MISSED").path("items");
    assertThat(events).hasSize(1);
    assertThat(at(events.get(0).path("at").asText())).isBetween(deadline, deadline.plusSeconds(60));
    JsonNode audit = fleet.api().get("/audit?kind=ALARM&operation=missRun").path("items");
    assertThat(audit).hasSize(1);
    assertThat(audit.get(0).path("target").asText())
        .isEqualTo("/clusters/" + billing + "/schedules/ci");
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(metrics())
                    .containsPattern(
                        "holdfast_schedule_missed_runs_total\\{cluster=\""
                            + billing
                            + "\",[^}]*ci[^}]*} 1\\.0"));
  }

  /** While the clock still shows the minute of the deadline. */
  private void awaitTold() {
    Awaitility.await("the notice of the missed run")
        .atMost(Duration.ofSeconds(60))
        .until(() -> !pager.hooks().isEmpty());
  }

  /** By two replicas, the whole day long. */
  private void assertToldOnce() throws IOException {
    assertThat(pager.hooks()).hasSize(1);
    HookReceiver.Hook hook = pager.hooks().getFirst();
    assertThat(hook.signature()).isEqualTo(hook.signatureBy("pager-secret"));
    JsonNode told = new ObjectMapper().readTree(hook.body());
    assertThat(told.path("kind").asText()).isEqualTo("RUN_MISSED");
    assertThat(told.path("cluster").asText()).isEqualTo(billing);
    assertThat(at(told.path("at").asText()))
        .isBetween(PIPELINE_IS_MISSED, PIPELINE_IS_MISSED.plusSeconds(60));
    JsonNode log = fleet.api().get("/notification-deliveries?target=pager").path("items");
    assertThat(log).hasSize(1);
    assertThat(log.get(0).path("state").asText()).isEqualTo("DELIVERED");
  }

  private String metrics() throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create(fleet.stack().apiManagementUrl(0) + "/metrics");
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private static List<Instant> every(String first, Duration interval) {
    List<Instant> all = new ArrayList<>();
    for (Instant next = at(first); !next.isAfter(END); next = next.plus(interval)) {
      all.add(next);
    }
    return all;
  }

  private static Instant at(String text) {
    return Instant.parse(text);
  }
}
