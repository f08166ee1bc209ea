package io.holdfast.api.schedule;

import static io.holdfast.api.testing.ApiFixture.admin;

import io.holdfast.api.testing.ApiFixture;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A declared cluster with schedules that go with it. */
final class ScheduleFixture implements AutoCloseable {
  static final String BACKUP = "\"kind\":\"BACKUP\",\"backup\":{\"method\":\"LOGICAL\"}";
  private final ApiFixture api = new ApiFixture(64);
  private final List<String> declared = new ArrayList<>();

  ApiFixture api() {
    return api;
  }

  String path(String schedule) {
    return "/api/v1/clusters/" + api.cluster() + "/schedules/" + schedule;
  }

  /** Declares it; when it is due first. */
  Instant declare(String schedule, String cron, String members) {
    return Instant.parse(
        put(schedule, "{\"cron\":\"" + cron + "\"," + members + "}")
            .statusCode(201)
            .extract()
            .jsonPath()
            .getString("nextDueAt"));
  }

  ValidatableResponse put(String schedule, String body) {
    declared.add(path(schedule));
    return admin().body(body).put(path(schedule)).then();
  }

  void declareAgain(String schedule, String cron, String members) {
    admin()
        .header("If-Match", "*")
        .body("{\"cron\":\"" + cron + "\"," + members + "}")
        .put(path(schedule))
        .then()
        .statusCode(200);
  }

  void delete(String schedule) {
    admin().header("If-Match", "*").delete(path(schedule)).then().statusCode(204);
  }

  /** The outcomes, oldest first, such as {@code SKIPPED COALESCED}. */
  List<String> outcomes(String schedule) {
    JsonPath runs = runs(schedule);
    List<String> outcomes = new ArrayList<>();
    for (int i = 0; i < runs.getList("items").size(); i++) {
      String code = runs.getString("items[" + i + "].code");
      String outcome = runs.getString("items[" + i + "].outcome");
      outcomes.addFirst(code == null ? outcome : outcome + " " + code);
    }
    return outcomes;
  }

  JsonPath runs(String schedule) {
    return admin()
        .get(path(schedule) + "/runs?limit=200")
        .then()
        .statusCode(200)
        .extract()
        .jsonPath();
  }

  /** The ids of the jobs that the schedule has made. */
  List<String> jobs(String schedule) {
    return admin()
        .get("/api/v1/jobs?limit=200&cluster=" + api.cluster())
        .then()
        .statusCode(200)
        .extract()
        .jsonPath()
        .getList("items.findAll { it.trigger == 'schedule:" + schedule + "' }.id");
  }

  @Override
  public void close() {
    // Clocks of later tests must find nothing of this one.
    declared.forEach(path -> admin().header("If-Match", "*").delete(path));
    api.close();
  }
}
