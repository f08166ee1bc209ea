package io.holdfast.api.schedule;

import static io.holdfast.api.testing.Api.problem;
import static io.holdfast.api.testing.ApiFixture.admin;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.testing.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Requests of somebody else's scheduler. They come by the service's own clock, so that here the
 * runs are moved to where it is.
 */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ExternalScheduleTest {
  private static final String EXTERNAL = ScheduleFixture.BACKUP + ",\"external\":true";
  private static final String LOGICAL = "{\"method\":\"LOGICAL\"}";

  @Inject ScheduleTick tick;
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
  void theRunThatIsDueBecomesTheJobOfARequestThatNamesTheSchedule() {
    Instant unused = schedules.declare("ci", "0 2 * * *", EXTERNAL);
    moveDue("ci", Duration.ofMinutes(-1));

    String job = post(LOGICAL, "ci").then().statusCode(202).extract().path("id");

    assertThat(schedules.outcomes("ci")).containsExactly("JOB");
    assertThat(schedules.runs("ci").getString("items[0].jobId")).isEqualTo(job);
  }

  @Test
  void anyJobThatDoesTheSameCounts() {
    Instant unused = schedules.declare("ci", "0 2 * * *", EXTERNAL);
    moveDue("ci", Duration.ofMinutes(-1));

    String job = post(LOGICAL, null).then().statusCode(202).extract().path("id");

    assertThat(schedules.runs("ci").getString("items[0].jobId")).isEqualTo(job);
  }

  @Test
  void aJobThatDoesAnotherThingDoesNotCount() {
    Instant unused = schedules.declare("ci", "0 2 * * *", EXTERNAL);
    moveDue("ci", Duration.ofMinutes(-1));

    post("{\"method\":\"PHYSICAL\"}", null).then().statusCode(202);

    assertThat(schedules.outcomes("ci")).containsExactly("EXPECTED");
  }

  @Test
  void oneRequestCountsOnce() {
    Instant unused = schedules.declare("ci", "0 2 * * *", EXTERNAL);
    moveDue("ci", Duration.ofMinutes(-1));
    String first = post(LOGICAL, "ci").then().statusCode(202).extract().path("id");

    post(LOGICAL, "ci").then().statusCode(202);

    assertThat(schedules.outcomes("ci")).containsExactly("JOB");
    assertThat(schedules.runs("ci").getString("items[0].jobId")).isEqualTo(first);
  }

  @Test
  void aRequestMayComeAFewMinutesEarlyAndNotAnHour() {
    Instant unused = schedules.declare("ci", "0 2 * * *", EXTERNAL);
    moveDue("ci", Duration.ofMinutes(60));
    post(LOGICAL, "ci").then().statusCode(202);
    assertThat(schedules.outcomes("ci")).isEmpty();

    moveDue("ci", Duration.ofMinutes(4));
    post(LOGICAL, "ci").then().statusCode(202);

    assertThat(schedules.outcomes("ci")).containsExactly("JOB");
  }

  @Test
  void theServiceItselfAsksForNothingAndRaisesTheAlarm() {
    Instant due = schedules.declare("ci", "0 2 * * *", EXTERNAL);

    tickAt(due);
    tickAt(due.plus(Duration.ofHours(4)).minusMillis(1));
    assertThat(schedules.runs("ci").getList("items")).isEmpty();
    tickAt(due.plus(Duration.ofHours(4)));

    assertThat(schedules.outcomes("ci")).containsExactly("MISSED NOT_ASKED");
    assertThat(schedules.jobs("ci")).isEmpty();
  }

  @Test
  void aScheduleThatDoesNotFitIsRefusedAndNothingStarts() {
    Instant unused = schedules.declare("own", "0 2 * * *", ScheduleFixture.BACKUP);
    Instant alsoUnused =
        schedules.declare(
            "checks",
            "0 2 * * *",
            "\"external\":true,\"kind\":\"VERIFICATION\",\"verification\":{\"level\":\"CHECKSUM\"}");

    problem(post(LOGICAL, "own").then(), 422, "invalid-request");
    problem(post(LOGICAL, "checks").then(), 422, "invalid-request");
    problem(post(LOGICAL, "nowhere").then(), 422, "invalid-request");

    assertThat(
            admin()
                .get("/api/v1/jobs?kind=BACKUP&cluster=" + schedules.api().cluster())
                .jsonPath()
                .getList("items"))
        .isEmpty();
  }

  private Response post(String body, String schedule) {
    var request = admin().body(body);
    if (schedule != null) {
      request.header(ExternalRuns.HEADER, schedule);
    }
    return request.post("/api/v1/clusters/" + schedules.api().cluster() + "/backups");
  }

  private void tickAt(Instant at) {
    int unused = tick.run(Clock.fixed(at, ZoneOffset.UTC));
  }

  /** The one run that waits is due so long from now. */
  @Transactional
  void moveDue(String schedule, Duration fromNow) {
    int moved =
        entities
            .createNativeQuery(
                "update schedule_run r set due_at = :due, start_at = :due, deadline_at = :deadline"
                    + " from schedule s where s.id = r.schedule_id and s.cluster = :cluster and"
                    + " s.name = :name and r.state = 'EXPECTED'")
            .setParameter("due", Instant.now().plus(fromNow))
            .setParameter("deadline", Instant.now().plus(fromNow).plus(Duration.ofHours(4)))
            .setParameter("cluster", schedules.api().cluster())
            .setParameter("name", schedule)
            .executeUpdate();
    assertThat(moved).isEqualTo(1);
  }
}
