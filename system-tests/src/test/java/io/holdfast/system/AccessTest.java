package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.demo.RestCalls;
import io.holdfast.demo.RestCalls.Answer;
import io.holdfast.embedded.postgres.PostgresCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a key may not do, and what a wrong request is told. */
@TestInstance(Lifecycle.PER_CLASS)
class AccessTest {
  private static final String LOGICAL = "{\"method\":\"LOGICAL\"}";

  private final Fleet fleet = Fleet.shared();
  private PostgresCluster cluster;
  private String mine;
  private String other;
  private String otherBackup;
  private String otherJob;

  @BeforeAll
  void backUpTwoClusters() {
    cluster = fleet.startCluster(0);
    mine = fleet.declare(cluster, fleet.filesystemRepository());
    other = fleet.declare(cluster, fleet.filesystemRepository());
    fleet.backedUp(mine, LOGICAL);
    otherJob = fleet.backup(other, LOGICAL);
    otherBackup = fleet.finish(otherJob).path("result").path("backupId").asText();
    assertThat(otherBackup).isNotBlank();
  }

  @AfterAll
  void stop() {
    cluster.close();
  }

  @Test
  void aViewerSeesAndCannotBackUp() {
    RestCalls viewer = keyOf("\"roles\":[\"viewer\"]");

    assertThat(viewer.get("/clusters/" + mine).path("name").asText()).isEqualTo(mine);
    assertProblem(viewer.call("POST", "/clusters/" + mine + "/backups", LOGICAL), 403);
    assertProblem(
        viewer.call(
            "POST", "/backups/" + otherBackup + "/verifications", "{\"level\":\"CHECKSUM\"}"),
        403);
    assertProblem(viewer.call("PUT", "/clusters/" + mine, "{}"), 403);
    assertProblem(viewer.call("GET", "/api-keys", null), 403);
  }

  @Test
  void anOperatorBacksUpAndCannotRestore() {
    RestCalls operator = keyOf("\"roles\":[\"operator\"]");

    String job = operator.post("/clusters/" + mine + "/backups", LOGICAL).path("id").asText();
    assertThat(fleet.finish(job).path("state").asText()).isEqualTo("SUCCEEDED");
    assertProblem(
        operator.call(
            "POST",
            "/restores",
            "{\"backupId\":\""
                + otherBackup
                + "\",\"logical\":{\"targetCluster\":\""
                + mine
                + "\"}}"),
        403);
    assertProblem(
        operator.call("POST", "/api-keys", "{\"name\":\"x\",\"roles\":[\"admin\"]}"), 403);
  }

  @Test
  void aKeyOfOneClusterSeesNothingOfAnother() {
    RestCalls scoped =
        keyOf("\"roles\":[\"operator\",\"restorer\"],\"clusters\":[\"" + mine + "\"]");

    assertThat(scoped.get("/clusters").toString()).contains(mine).doesNotContain(quoted(other));
    assertThat(scoped.get("/backups").toString())
        .contains(quoted(mine))
        .doesNotContain(quoted(other), otherBackup);
    assertThat(scoped.get("/jobs").toString())
        .contains(quoted(mine))
        .doesNotContain(quoted(other), otherJob);
    assertThat(scoped.get("/retention-plans").toString())
        .contains(quoted(mine))
        .doesNotContain(quoted(other), otherBackup);
    assertThat(scoped.get("/backups?cluster=" + mine).path("items")).isNotEmpty();
    assertThat(scoped.call("GET", "/backups?cluster=" + other, null).text())
        .doesNotContain(otherBackup);
    assertThat(scoped.call("GET", "/jobs?cluster=" + other, null).text()).doesNotContain(otherJob);
    for (String path :
        new String[] {
          "/clusters/" + other,
          "/clusters/" + other + "/topology",
          "/backups/" + otherBackup,
          "/backups/" + otherBackup + "/contents",
          "/backups/" + otherBackup + "/verifications",
          "/jobs/" + otherJob,
          "/jobs/" + otherJob + "/events",
          "/jobs/" + otherJob + "/outcome"
        }) {
      Answer answer = scoped.call("GET", path, null);
      assertThat(answer.status()).as(path).isIn(403, 404);
      assertProblem(answer, answer.status());
    }
    assertHidden(scoped.call("POST", "/clusters/" + other + "/backups", LOGICAL));
    assertHidden(scoped.call("POST", "/clusters/" + other + "/checks", null));
    assertHidden(scoped.call("POST", "/jobs/" + otherJob + "/cancellations", "{}"));
    assertHidden(
        scoped.call(
            "POST", "/backups/" + otherBackup + "/verifications", "{\"level\":\"CHECKSUM\"}"));
    assertHidden(
        scoped.call(
            "POST",
            "/restores",
            "{\"backupId\":\""
                + otherBackup
                + "\",\"logical\":{\"targetCluster\":\""
                + mine
                + "\"}}"));
    assertHidden(
        scoped.call(
            "POST",
            "/restores",
            "{\"latestOf\":\"" + mine + "\",\"logical\":{\"targetCluster\":\"" + other + "\"}}"));
  }

  @Test
  void noKeyAndAWrongKeyAreRefused() {
    assertProblem(fleet.api().as(null).call("GET", "/clusters", null), 401);
    assertProblem(fleet.api().as("hfk_no-such-key").call("GET", "/clusters", null), 401);
    assertProblem(fleet.api().as(null).call("POST", "/restores", "{}"), 401);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      quoteCharacter = '~',
      value = {
        "PUT /repositories/bad {\"type\":\"TAPE\"}",
        "PUT /repositories/bad {\"type\":\"S3\"}",
        "PUT /repositories/bad {not-json",
        "PUT /clusters/bad {\"nodes\":[]}",
        "PUT /clusters/UPPER_case {\"repository\":\"r\",\"credentialsRef\":\"c\",\"nodes\":[{\"name\":\"n\",\"host\":\"h\",\"port\":1}]}",
        "POST /clusters/{cluster}/backups {}",
        "POST /clusters/{cluster}/backups {\"method\":\"MAGIC\"}",
        "POST /clusters/{cluster}/backups {\"method\":\"LOGICAL\",\"unknown\":1}",
        "POST /clusters/{cluster}/backups {\"method\":\"LOGICAL\",\"compression\":{\"level\":99}}",
        "POST /clusters/{cluster}/backups?wait=soon {\"method\":\"LOGICAL\"}",
        "POST /clusters/no-such-cluster/backups {\"method\":\"LOGICAL\"}",
        "POST /clusters/no-such-cluster/checks {}",
        "GET /clusters/no-such-cluster/topology ~~",
        "DELETE /clusters/{cluster} ~~",
        "GET /backups/not-a-uuid ~~",
        "GET /backups/00000000-0000-7000-8000-000000000000/contents ~~",
        "POST /backups/{backup}/verifications {\"level\":\"HOPE\"}",
        "POST /restores {}",
        "POST /restores {\"latestOf\":\"no-such-cluster\"}",
        "POST /restores {\"backupId\":\"{backup}\",\"physical\":{\"directory\":\"relative\"}}",
        "GET /jobs/not-a-uuid ~~",
        "GET /jobs?cursor=nonsense ~~",
        "GET /jobs/00000000-0000-7000-8000-000000000000/outcome ~~",
        "POST /jobs/00000000-0000-7000-8000-000000000000/cancellations {}",
        "POST /api-keys {\"name\":\"x\",\"roles\":[\"god\"]}",
        "DELETE /api-keys/no-such-key ~~",
        "GET /audit?since=yesterday ~~",
        "PATCH /clusters ~~",
        "GET /no-such-thing ~~"
      })
  void badInputIsToldWhatIsWrong(String method, String path, String json) {
    Answer answer =
        fleet
            .api()
            .call(
                method,
                path.replace("{cluster}", mine).replace("{backup}", otherBackup),
                json == null || json.isEmpty() ? null : json.replace("{backup}", otherBackup));

    assertThat(answer.status()).as(answer.text()).isBetween(400, 499);
    assertProblem(answer, answer.status());
  }

  private RestCalls keyOf(String members) {
    return fleet
        .api()
        .as(
            fleet
                .api()
                .post("/api-keys", "{\"name\":\"a test\"," + members + "}")
                .path("key")
                .asText());
  }

  private static void assertHidden(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isIn(403, 404);
    assertProblem(answer, answer.status());
  }

  private static void assertProblem(Answer answer, int status) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .as(answer.text())
        .startsWith("application/problem+json");
    assertThat(answer.body().path("code").asText()).as(answer.text()).isNotBlank();
    assertThat(answer.body().path("hint").asText()).as(answer.text()).isNotBlank();
    assertThat(answer.text())
        .doesNotContain("io.holdfast", "at java.", "Exception", "SQLSTATE", "/tmp/");
  }

  private static String quoted(String name) {
    return "\"" + name + "\"";
  }
}
