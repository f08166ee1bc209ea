package io.holdfast.api.schedule;

import static io.holdfast.api.testing.ApiFixture.admin;
import static io.holdfast.api.testing.ApiFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.metrics.Scrape;
import io.holdfast.api.testing.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of runs, by a clock that the test moves. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ScheduleRunsTest {
  private static final String BACKUP = ScheduleFixture.BACKUP;
  private static final String HOURLY = "0 * * * *";
  private static final String DAILY = "0 3 * * *";

  @TestHTTPResource(value = "/", management = true)
  URI management;

  @Inject ScheduleTick tick;
  @Inject ScheduleMetrics metrics;
  @Inject EntityManager entities;

  private ScheduleFixture schedules;

  @BeforeEach
  void declare() {
    schedules = new ScheduleFixture();
  }

  @AfterEach
  void close() {
    schedules.close();
  }

  @Test
  void isARowBeforeItIsDueAndOneJobWhenItIs() {
    Instant due = schedules.declare("nightly", DAILY, BACKUP);
    long ahead = rows("nightly", due);

    tickAt(due.minusMillis(1));
    List<String> before = schedules.outcomes("nightly");
    tickAt(due);
    tickAt(due.plusSeconds(1));

    assertThat(ahead).isEqualTo(1);
    assertThat(before).isEmpty();
    assertThat(schedules.outcomes("nightly")).containsExactly("JOB");
    JsonPath run = schedules.runs("nightly");
    assertThat(schedules.jobs("nightly")).containsExactly(run.getString("items[0].jobId"));
    assertThat(run.getString("items[0].jobState")).isEqualTo("QUEUED");
    assertThat(rows("nightly", due.plus(Duration.ofDays(1)))).as("the next one").isEqualTo(1);
  }

  @Test
  void becomesOneJobWhenThreeReplicasLookAtOnce() throws Exception {
    List<String> names = new ArrayList<>();
    Instant due = null;
    for (int i = 0; i < 12; i++) {
      names.add("s-" + i);
      due = schedules.declare("s-" + i, DAILY, BACKUP);
    }
    Clock clock = Clock.fixed(due, ZoneOffset.UTC);
    CyclicBarrier together = new CyclicBarrier(3);
    int decided = 0;
    try (var replicas = Executors.newFixedThreadPool(3)) {
      List<Future<Integer>> ticks = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        ticks.add(
            replicas.submit(
                () -> {
                  together.await();
                  return tick.run(clock);
                }));
      }
      for (Future<Integer> one : ticks) {
        decided += one.get();
      }
    }

    assertThat(decided).isEqualTo(12);
    assertThat(names)
        .allSatisfy(name -> assertThat(schedules.jobs(name)).as(name).hasSize(1))
        .allSatisfy(name -> assertThat(schedules.outcomes(name)).containsExactly("JOB"));
  }

  @Test
  void isAnAlarmWhenItsDeadlinePassesWithoutAJob() {
    Instant due = schedules.declare("nightly", DAILY, BACKUP + ",\"deadline\":\"PT1H\"");

    tickAt(due.plus(Duration.ofHours(1)));

    assertThat(schedules.outcomes("nightly")).containsExactly("MISSED LATE");
    assertThat(schedules.jobs("nightly")).isEmpty();
    String cluster = schedules.api().cluster();
    JsonPath events =
        admin().get("/api/v1/clusters/" + cluster + "/events?type=RUN_MISSED").jsonPath();
    assertThat(events.getList("items")).hasSize(1);
    assertThat(events.getString("items[0].code")).isEqualTo("LATE");
    assertThat(events.getString("items[0].message"))
        .isEqualTo(
            "The run of schedule 'nightly' due at "
                + due
                + " was missed. Nothing could start it until "
                + due.plus(Duration.ofHours(1))
                + ".");
    assertThat(
            admin()
                .get(
                    "/api/v1/audit?kind=ALARM&operation=missRun&target=/clusters/"
                        + cluster
                        + "/schedules/nightly")
                .jsonPath()
                .getList("items"))
        .hasSize(1);
    assertThat(series(due.plus(Duration.ofHours(1)), "missed_runs_total")).isOne();
    assertThat(series(due.plus(Duration.ofHours(1)), "overdue")).isOne();
  }

  @Test
  void isNoLongerOverdueOnceALaterRunHasBecomeAJob() {
    Instant due = schedules.declare("nightly", DAILY, BACKUP + ",\"deadline\":\"PT1H\"");
    Instant next = due.plus(Duration.ofDays(1));
    Double declared = series(Instant.now(), "overdue");
    Double late = series(due.plus(Duration.ofMinutes(2)), "overdue");
    tickAt(due.plus(Duration.ofHours(2)));
    Double missed = series(due.plus(Duration.ofHours(2)), "overdue");

    tickAt(next);

    assertThat(List.of(declared, late, missed)).containsExactly(0.0, 1.0, 1.0);
    assertThat(series(next, "overdue")).isZero();
    assertThat(series(next, "missed_runs_total")).isOne();
    assertThat(series(next, "last_run_timestamp_seconds")).isEqualTo(next.getEpochSecond());
    assertThat(series(next, "next_due_timestamp_seconds"))
        .isEqualTo(next.plus(Duration.ofDays(1)).getEpochSecond());
    schedules.delete("nightly");
    assertThat(series(next, "overdue")).as("gone with the schedule").isNull();
  }

  @Test
  void standsForTheEarlierOnesThatCouldNotStart() {
    Instant due = schedules.declare("hourly", HOURLY, BACKUP);

    tickAt(due.plus(Duration.ofMinutes(190)));

    assertThat(schedules.outcomes("hourly"))
        .containsExactly("SKIPPED COALESCED", "SKIPPED COALESCED", "SKIPPED COALESCED", "JOB");
    assertThat(schedules.jobs("hourly")).hasSize(1);
  }

  @Test
  void hasOneOutcomeForEachDueTimeOfALongOutage() {
    Instant due = schedules.declare("often", "*/2 * * * *", BACKUP + ",\"deadline\":\"PT1H\"");

    tickAt(due.plus(Duration.ofDays(2)));

    assertThat(counts("often"))
        .containsExactlyInAnyOrder("JOB 1", "MISSED 1411", "SKIPPED 29", "EXPECTED 24");
    assertThat(schedules.jobs("often")).hasSize(1);
  }

  @Test
  void isSkippedWhileTheJobOfAnEarlierOneHasNotEnded() {
    Instant due = schedules.declare("hourly", HOURLY, BACKUP);
    tickAt(due);
    String first = schedules.jobs("hourly").getFirst();

    tickAt(due.plus(Duration.ofHours(1)));
    admin().body("{}").post("/api/v1/jobs/" + first + "/cancellations");
    tickAt(due.plus(Duration.ofHours(2)));

    assertThat(schedules.outcomes("hourly")).containsExactly("JOB", "SKIPPED RUNNING", "JOB");
    assertThat(schedules.runs("hourly").getString("items[1].reason"))
        .isEqualTo("Job " + first + ", which an earlier run became, has not ended.");
  }

  @Test
  void isSkippedWhilePausedAndRunsAgainAfterwards() {
    String paused = BACKUP + ",\"paused\":true";
    Instant due = schedules.declare("hourly", HOURLY, paused);
    tickAt(due);
    schedules.declareAgain("hourly", HOURLY, BACKUP);

    tickAt(due.plus(Duration.ofHours(1)));

    assertThat(schedules.outcomes("hourly")).containsExactly("SKIPPED PAUSED", "JOB");
  }

  @Test
  void isSkippedOutsideTheWindow() {
    Instant due = schedules.declare("hourly", HOURLY, BACKUP);
    int hour = due.atZone(ZoneOffset.UTC).getHour();
    schedules.declareAgain(
        "hourly",
        HOURLY,
        BACKUP
            + String.format(
                ",\"window\":{\"from\":\"%02d:30\",\"until\":\"%02d:30\"}", hour, (hour + 1) % 24));

    tickAt(due);
    tickAt(due.plus(Duration.ofHours(1)));

    assertThat(schedules.outcomes("hourly")).containsExactly("SKIPPED WINDOW", "JOB");
  }

  @Test
  void isAskedForAgainUntilItsDeadlineWhenItIsRefused() {
    String verification = "\"kind\":\"VERIFICATION\",\"verification\":{\"level\":\"CHECKSUM\"}";
    Instant due = schedules.declare("verify", DAILY, verification);
    Instant other = schedules.declare("nightly", DAILY, BACKUP);

    tickAt(due);
    List<String> refused = openReasons("verify");
    tickAt(due.plus(Duration.ofHours(4)));

    assertThat(other).isEqualTo(due);
    assertThat(schedules.outcomes("nightly"))
        .as("another's refusal is not its")
        .containsExactly("JOB");
    assertThat(refused).hasSize(1).allMatch(reason -> reason.startsWith("no-backup: "));
    assertThat(schedules.outcomes("verify")).containsExactly("MISSED REFUSED");
    assertThat(schedules.runs("verify").getString("items[0].reason")).contains("no-backup");
  }

  @Test
  void runsWithinItsDeadlineOnceItIsNotRefusedAnyMore() {
    String verification = "\"kind\":\"VERIFICATION\",\"verification\":{\"level\":\"CHECKSUM\"}";
    Instant due = schedules.declare("verify", DAILY, verification);
    tickAt(due);
    String backup = schedules.api().physical("0/100000", "0/200000", Instant.now());

    tickAt(due.plus(Duration.ofMinutes(1)));

    assertThat(schedules.outcomes("verify")).containsExactly("JOB");
    String job = schedules.jobs("verify").getFirst();
    assertThat(job(job).getString("kind")).isEqualTo("VERIFY");
    assertThat(job(job).getString("links.backup")).endsWith(backup);
  }

  @Test
  void neverComesOnceItsScheduleIsDeleted() {
    Instant due = schedules.declare("nightly", DAILY, BACKUP);
    schedules.delete("nightly");

    tickAt(due);

    assertThat(schedules.jobs("nightly")).isEmpty();
    admin().get(schedules.path("nightly") + "/runs").then().statusCode(404);
  }

  @Test
  void keepsItsOneOutcomeWhenTheScheduleIsDeclaredAgain() {
    Instant due = schedules.declare("hourly", HOURLY, BACKUP);
    tickAt(due);

    schedules.declareAgain("hourly", "*/30 * * * *", BACKUP);
    tickAt(due.plusSeconds(1));

    assertThat(schedules.jobs("hourly")).hasSize(1);
    assertThat(rows("hourly", due)).isEqualTo(1);
  }

  @Test
  void spreadsOneSchedulesRunsByTheSameTime() {
    Instant due = schedules.declare("nightly", DAILY, BACKUP + ",\"jitter\":\"PT1H\"");
    JsonPath upcoming = admin().get(schedules.path("nightly") + "/upcoming?limit=2").jsonPath();
    Instant starts = Instant.parse(upcoming.getString("items[0].startsAt"));

    tickAt(starts.minusMillis(1));
    List<String> before = schedules.jobs("nightly");
    tickAt(starts);

    assertThat(starts).isBetween(due, due.plus(Duration.ofHours(1)));
    assertThat(Instant.parse(upcoming.getString("items[1].startsAt")))
        .isEqualTo(starts.plus(Duration.ofDays(1)));
    assertThat(before).isEmpty();
    assertThat(schedules.jobs("nightly")).hasSize(1);
  }

  private void tickAt(Instant at) {
    int unused = tick.run(Clock.fixed(at, ZoneOffset.UTC));
  }

  /** Null: it is not shown. */
  private Double series(Instant at, String name) {
    metrics.look(at);
    String text =
        RestAssured.given()
            .header("Accept", Scrape.FORMAT)
            .get(management.resolve("/q/metrics"))
            .asString();
    return Scrape.of(text)
        .value("holdfast_schedule_" + name, Map.of("cluster", schedules.api().cluster()));
  }

  private long rows(String schedule, Instant due) {
    return ((Number)
            query(
                    "select count(*) from schedule_run r join schedule s on s.id = r.schedule_id"
                        + " where s.cluster = :cluster and s.name = :name and r.due_at = '"
                        + due
                        + "'",
                    schedule)
                .getFirst())
        .longValue();
  }

  private List<String> openReasons(String schedule) {
    return strings(
        query(
            "select r.reason from schedule_run r join schedule s on s.id = r.schedule_id where"
                + " s.cluster = :cluster and s.name = :name and r.reason is not null and r.state ="
                + " 'EXPECTED'",
            schedule));
  }

  private List<String> counts(String schedule) {
    return strings(
        query(
            "select r.state || ' ' || count(*) from schedule_run r join schedule s on s.id ="
                + " r.schedule_id where s.cluster = :cluster and s.name = :name group by r.state",
            schedule));
  }

  private static List<String> strings(List<?> values) {
    return Collections.unmodifiableList(values.stream().map(String::valueOf).toList());
  }

  @Transactional
  List<?> query(String sql, String schedule) {
    return entities
        .createNativeQuery(sql)
        .setParameter("cluster", schedules.api().cluster())
        .setParameter("name", schedule)
        .getResultList();
  }
}
