package io.holdfast.api.ledger;

import static io.holdfast.api.testing.ApiFixture.admin;
import static io.holdfast.api.testing.Observations.primary;
import static io.holdfast.api.testing.Observations.segments;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Observations;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.event.WorkerEvent;
import io.holdfast.model.wal.ArchiveObservation.Slot;
import io.holdfast.model.wal.ArchiveObservation.Timeline;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ArchiveLedgerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private ApiFixture api;

  @Inject ArchiveLedger ledger;
  @Inject EntityManager entities;

  @TestHTTPResource(value = "/", management = true)
  URI management;

  @BeforeEach
  void declare() {
    api = new ApiFixture();
    api.archived("{\"recoveryPointObjective\":\"PT1M\"}", Observations.SYSTEM);
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void showsFromWhichBackupHowFarOneGets() {
    String backup = api.physical("0/220000", "0/240000", now.minusSeconds(90));
    say(0, "0/880000", segments(1, 8));
    say(20, "0/980000", segments(1, 9));

    JsonPath shown = awaitObserved(20);
    assertThat(shown.getString("windows[0].backupId")).isEqualTo(backup);
    assertThat(shown.getString("windows[0].fromLsn")).isEqualTo("0/240000");
    assertThat(shown.getString("windows[0].toLsn")).isEqualTo("0/900000");
    assertThat(Instant.parse(shown.getString("windows[0].toTime"))).isEqualTo(now.minusSeconds(2));
    assertThat(shown.getLong("lag.bytes")).isEqualTo(0x80000);
    assertThat(shown.getList("timelines.timeline")).isEqualTo(List.of(1));
    assertThat(shown.getList("conditions")).isEmpty();
  }

  @Test
  void turnsAHoleThatStaysIntoAGapThatIsAcknowledgedSupersededAndClosed() {
    say(0, "0/980000", segments(1, 4, 6, 9));
    assertThat(awaitObserved(0).getList("gaps")).isEmpty();
    say(20, "0/980000", segments(1, 4, 6, 9));
    JsonPath found = awaitObserved(20);
    String gap = found.getString("gaps[0].id");
    assertThat(found.getString("gaps[0].fromLsn")).isEqualTo("0/400000");
    assertThat(found.getString("gaps[0].toLsn")).isEqualTo("0/600000");

    String path = "/api/v1/clusters/" + api.cluster() + "/wal-gaps/" + gap + "/acknowledgements";
    admin()
        .body("{\"reason\":\"known outage\"}")
        .post(path)
        .then()
        .statusCode(200)
        .body("reason", org.hamcrest.Matchers.equalTo("known outage"));
    Api.problem(admin().body("{}").post(path).then(), 422, "invalid-request");
    String backup = api.physical("0/720000", "0/740000", now.minusSeconds(5));
    say(40, "0/980000", segments(1, 4, 5, 9));
    JsonPath superseded = awaitObserved(40);
    assertThat(superseded.getString("gaps[0].id")).isEqualTo(gap);
    assertThat(superseded.getString("gaps[0].toLsn")).isEqualTo("0/500000");
    assertThat(superseded.getString("gaps[0].supersededBy")).isEqualTo(backup);
    assertThat(superseded.getString("gaps[0].acknowledgedAt")).isNotNull();
    say(60, "0/980000", segments(1, 9));
    assertThat(awaitObserved(60).getString("gaps[0].closedAt")).isNotNull();
    Api.problem(admin().body("{\"reason\":\"late\"}").post(path).then(), 409, "gap-closed");

    assertThat(types()).containsExactly("GAP_CLOSED", "GAP_SUPERSEDED", "GAP_FOUND");
  }

  @Test
  void notesTransitionsAndNotEachObservation() {
    for (int second : new int[] {0, 20, 40}) {
      api.worker()
          .say(
              Observations.of(
                  api.cluster(),
                  now.plusSeconds(second),
                  primary("0/980000", 99.0),
                  null,
                  segments(1, 9)));
    }
    say(120, "0/A80000", segments(1, 9));
    say(140, "0/A80000", segments(1, 11));
    awaitObserved(140);

    assertThat(types())
        .containsExactly(
            "OBJECTIVE_MET", "OBJECTIVE_BREACHED", "ARCHIVE_RESUMED", "ARCHIVE_STALLED");
  }

  @Test
  void warnsOfASlotThatFillsItsBudget() {
    api.archived("{\"mode\":\"STREAM\"}", Observations.SYSTEM);
    long[] retained = {10, 55, 85, 85, 20};
    for (int i = 0; i < retained.length; i++) {
      Slot slot = new Slot("holdfast_x", "pg-1", true, "reserved", retained[i], 100L);
      api.worker()
          .say(
              Observations.of(
                  api.cluster(),
                  now.plusSeconds(20L * i),
                  primary("0/900000", null),
                  slot,
                  segments(1, 9)));
    }
    awaitObserved(80);

    assertThat(types()).containsExactly("SLOT_RELIEVED", "SLOT_NEARLY_FULL", "SLOT_HALF_FULL");
  }

  @Test
  void notesRefusedWalOnceAndCountsIt() {
    WorkerEvent refused =
        new WorkerEvent.WalRefused(
            "e-" + api.cluster(),
            "w-1",
            now,
            api.cluster(),
            "000000010000000000000005",
            "SPLIT_BRAIN",
            "it is archived already, with other content",
            "clusters/x/wal/7/conflicts/y");
    api.worker().say(refused);
    api.worker().say(refused);
    say(20, "0/900000", segments(1, 9));
    awaitObserved(20);

    JsonPath events = events();
    assertThat(events.getList("items.type")).containsExactly("WAL_REFUSED");
    assertThat(events.getString("items[0].code")).isEqualTo("SPLIT_BRAIN");
    assertThat(events.getString("items[0].details.keptAt")).contains("conflicts");
    String counted = "holdfast_archive_refused_total{cluster=\"" + api.cluster() + "\",code=\"";
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(metrics())
                    .contains(counted + "SPLIT_BRAIN\"} 1.0")
                    .contains(counted + "FOREIGN_CLUSTER\"} 0.0"));
  }

  @Test
  void ignoresWhatIsOlderOrOfAnotherServerOrHeardTwice() {
    say(20, "0/900000", segments(1, 9));
    say(0, "0/900000", segments(1, 2));
    WorkerEvent hole =
        Observations.of(
            api.cluster(),
            now.plusSeconds(40),
            primary("0/980000", null),
            null,
            segments(1, 4, 6, 9));
    api.worker().say(hole);
    api.worker().say(hole);
    awaitObserved(40);
    api.archived("{}", "8");
    say(60, "0/900000", segments(1, 2));
    api.worker().say(refused("after"));
    await().atMost(PATIENCE).until(() -> types().equals(List.of("WAL_REFUSED")));

    assertThat(windows().getString("lastObservedAt")).isEqualTo(now.plusSeconds(40).toString());
    assertThat(windows().getString("timelines[0].ranges[0].toLsn")).isEqualTo("0/400000");
  }

  @Test
  void startsAnewWithAClusterThatWasRebuilt() {
    say(0, "0/980000", segments(1, 4, 6, 9));
    say(20, "0/980000", segments(1, 4, 6, 9));
    awaitObserved(20);
    api.archived("{}", "8");
    api.worker()
        .say(
            Observations.of(
                "8",
                api.cluster(),
                now.plusSeconds(40),
                primary("0/A80000", null),
                null,
                segments(1, 10)));

    JsonPath shown = awaitObserved(40);
    assertThat(shown.getString("lag.safeUntil")).isNull();
    assertThat(shown.getString("gaps[0].closedAt")).isNotNull();
    assertThat(types()).containsExactly("GAP_FOUND");
  }

  @Test
  void showsHowArchivesStandAsMetrics() {
    say(0, "0/980000", segments(1, 9));
    awaitObserved(0);

    String tag = "{cluster=\"" + api.cluster() + "\"}";
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(metrics())
                    .contains("holdfast_archive_lag_bytes" + tag + " 524288.0")
                    .contains("holdfast_archive_safe_until_timestamp_seconds" + tag)
                    .contains("holdfast_archive_gaps" + tag + " 0.0")
                    .contains("holdfast_archive_objective_breached" + tag + " 0.0")
                    .contains("holdfast_archive_stalled" + tag + " 0.0")
                    .contains("holdfast_archive_observed_timestamp_seconds" + tag));
  }

  @Test
  void saysOnceThatNobodyHasEverLookedAndThatSomebodyDoes() {
    QuarkusTransaction.requiringNew()
        .run(
            () ->
                entities
                    .createNativeQuery(
                        "update cluster set updated_at = now() - interval '2 minutes' where name ="
                            + " :name")
                    .setParameter("name", api.cluster())
                    .executeUpdate());
    assertThat(ledger.silent()).contains(api.cluster());
    ledger.judgeSilent(api.cluster());
    ledger.judgeSilent(api.cluster());
    assertThat(types()).containsExactly("ARCHIVE_UNOBSERVED");

    say(0, "0/900000", segments(1, 9));
    awaitObserved(0);
    assertThat(types()).containsExactly("ARCHIVE_OBSERVED", "ARCHIVE_UNOBSERVED");
    assertThat(ledger.silent()).doesNotContain(api.cluster());
  }

  @Test
  void pagesEvents() {
    for (int i = 0; i < 3; i++) {
      api.worker().say(refused("f" + i));
    }
    await().atMost(PATIENCE).until(() -> events().getList("items").size() == 3);
    JsonPath first = page("?limit=2");
    JsonPath second = page("?limit=2&cursor=" + first.getString("nextCursor"));

    assertThat(first.getList("items.details.file")).isEqualTo(List.of("f2", "f1"));
    assertThat(second.getList("items.details.file")).isEqualTo(List.of("f0"));
    assertThat(second.getString("nextCursor")).isNull();
    assertThat(page("?type=GAP_FOUND").getList("items")).isEmpty();
    Api.problem(
        admin().get("/api/v1/clusters/" + api.cluster() + "/events?type=x'").then(),
        422,
        "invalid-request");
  }

  private WorkerEvent refused(String file) {
    return new WorkerEvent.WalRefused(
        file + api.cluster(), "w", now, api.cluster(), file, "WAL_MALFORMED", "bad", null);
  }

  private void say(int second, String lsn, Timeline timeline) {
    api.worker()
        .say(
            Observations.of(
                api.cluster(), now.plusSeconds(second), primary(lsn, null), null, timeline));
  }

  private JsonPath awaitObserved(int second) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> now.plusSeconds(second).toString().equals(windows().getString("lastObservedAt")));
    return windows();
  }

  private JsonPath windows() {
    return admin()
        .get("/api/v1/clusters/" + api.cluster() + "/recovery-windows")
        .then()
        .statusCode(200)
        .extract()
        .jsonPath();
  }

  private List<String> types() {
    return events().getList("items.type");
  }

  private JsonPath events() {
    return page("");
  }

  private JsonPath page(String query) {
    return admin()
        .get("/api/v1/clusters/" + api.cluster() + "/events" + query)
        .then()
        .statusCode(200)
        .extract()
        .jsonPath();
  }

  private String metrics() {
    return RestAssured.get(management.resolve("/q/metrics")).asString();
  }
}
