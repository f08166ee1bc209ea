package io.holdfast.api.job;

import static io.holdfast.api.testing.ApiFixture.admin;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.access.OwnCaller;
import io.holdfast.api.backup.BackupRequest;
import io.holdfast.api.backup.BackupService;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.wire.Wire;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several clusters are admitted in one transaction, which nobody else sees before it is over. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class DispatchRoundTest {
  private static final String LOGICAL = "{\"method\":\"LOGICAL\"}";
  private static final String PHYSICAL = "{\"method\":\"PHYSICAL\"}";

  @Inject DispatchRound round;
  @Inject BackupService backups;
  @Inject OwnCaller own;
  @Inject EntityManager entities;

  private ApiFixture narrow;
  private ApiFixture wide;

  @BeforeEach
  void declare() {
    narrow = new ApiFixture(1);
    wide = new ApiFixture(3);
  }

  @AfterEach
  void close() {
    narrow.close();
    wide.close();
  }

  @Test
  void admitsOfEachClusterWhatItHasRoomForFirstInFirstOut() {
    List<String> narrowJobs = new ArrayList<>();
    List<String> wideJobs = new ArrayList<>();
    List<DispatchRound.Outcome> outcomes = new ArrayList<>();
    List<String> dispatched = new ArrayList<>();

    QuarkusTransaction.requiringNew()
        .run(
            () -> {
              narrowJobs.addAll(ask(narrow, LOGICAL, LOGICAL));
              wideJobs.addAll(ask(wide, PHYSICAL, PHYSICAL, LOGICAL));
              outcomes.add(admit());
              outcomes.add(admit());
              dispatched.addAll(dispatched());
            });

    assertThat(dispatched)
        .as("the second of the narrow one has no room, a physical backup waits for the other")
        .containsExactlyInAnyOrder(narrowJobs.get(0), wideJobs.get(0), wideJobs.get(2));
    assertThat(outcomes.get(0).full()).isEmpty();
    assertThat(outcomes.get(0).more()).containsExactlyInAnyOrder(narrow.cluster(), wide.cluster());
    assertThat(outcomes.get(1).full()).containsExactly(narrow.cluster());
    assertThat(outcomes.get(1).more()).isEmpty();
  }

  @Test
  void writesTheAttemptTheHistoryAndOneCommandOfEach() {
    List<String> jobs = new ArrayList<>();
    List<String> commands = new ArrayList<>();

    QuarkusTransaction.requiringNew()
        .run(
            () -> {
              jobs.addAll(ask(wide, LOGICAL, LOGICAL, LOGICAL));
              DispatchRound.Outcome unused = admit();
              commands.addAll(commands());
            });

    assertThat(commands).as("in the order in which they were asked for").isEqualTo(jobs);
    assertThat(jobs)
        .allSatisfy(
            id -> {
              JsonPath events =
                  admin()
                      .accept("application/json")
                      .get("/api/v1/jobs/" + id + "/events")
                      .jsonPath();
              assertThat(events.getList("items.type")).startsWith("CREATED", "DISPATCHED");
              assertThat(events.getList("items.sequence")).startsWith(1, 2);
              assertThat(wide.worker().awaitRun(id, 1).jobId().value()).isEqualTo(id);
            });
  }

  private DispatchRound.Outcome admit() {
    entities.flush();
    entities.clear();
    return round.admit(Set.of(narrow.cluster(), wide.cluster()));
  }

  private List<String> ask(ApiFixture api, String... requests) {
    List<String> ids = new ArrayList<>();
    for (String request : requests) {
      BackupRequest read = Wire.read(request, BackupRequest.class);
      ids.add(own.as("test", () -> backups.request(api.cluster(), read, null)).job().id());
    }
    return ids;
  }

  private List<String> dispatched() {
    return ids(
        "select cast(id as text) from job where dispatched_at is not null and cluster in", "1");
  }

  private List<String> commands() {
    return ids(
        "select cast(o.job_id as text) from outbox o join job j on j.id = o.job_id where o.attempt"
            + " = 1 and o.status = 'PENDING' and j.cluster in",
        "o.id");
  }

  private List<String> ids(String sql, String order) {
    entities.flush();
    return entities
        .createNativeQuery(sql + " (:narrow, :wide) order by " + order, String.class)
        .setParameter("narrow", narrow.cluster())
        .setParameter("wide", wide.cluster())
        .getResultStream()
        .map(String::valueOf)
        .toList();
  }
}
