package io.holdfast.api.backup;

import static io.holdfast.api.testing.ApiFixture.admin;
import static io.holdfast.api.testing.ApiFixture.job;
import static io.holdfast.api.testing.ApiFixture.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Manifests;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.Problem;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.event.JobEvent;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.manifest.ContentEntry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class BackupJobTest {
  private ApiFixture api;

  @BeforeEach
  void declare() {
    api = new ApiFixture();
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void goesFromTheRequestOverTheWireToABackupInTheCatalog() {
    String id = api.backup("{\"method\":\"LOGICAL\",\"labels\":{\"run\":\"7\"}}");
    JobCommand.RunJob run = api.worker().awaitRun(id, 1);
    api.worker().accept(id, 1);
    await().until(() -> state(id).equals("RUNNING"));
    api.worker().succeed(id, 1, new JobResult.BackedUp(Manifests.of(run, "LOGICAL", 4096), null));
    await().until(() -> job(id).getBoolean("done"));

    JsonPath done = job(id);
    String backup = done.getString("result.backupId");
    JsonPath shown =
        admin().get("/api/v1/backups/" + backup).then().statusCode(200).extract().jsonPath();
    assertThat(done.getString("outcome")).isEqualTo("SUCCEEDED");
    assertThat(done.getString("labels.run")).isEqualTo("7");
    assertThat(shown.getString("state")).isEqualTo("AVAILABLE");
    assertThat(shown.getString("source.node")).isEqualTo("pg-2");
    assertThat(shown.getLong("artifacts[0].plainBytes")).isEqualTo(4096);
    assertThat(api.worker().unsigned()).isEmpty();
  }

  @Test
  void showsWhatABackupHoldsInPagesAndByDatabase() {
    String id = api.backup("{\"method\":\"LOGICAL\"}");
    JobCommand.RunJob run = api.worker().awaitRun(id, 1);
    api.worker().accept(id, 1);
    api.worker().say(listed(id, "orders", 0, "a", "b"));
    api.worker().say(listed(id, "orders", 1, "c"));
    api.worker().say(listed(id, "stock", 0, "d", "e"));
    api.worker().succeed(id, 1, new JobResult.BackedUp(Manifests.of(run, "LOGICAL", 1), null));
    await().until(() -> job(id).getBoolean("done"));
    String contents = "/api/v1/backups/" + job(id).getString("result.backupId") + "/contents";
    JsonPath first = page(contents + "?limit=2");
    JsonPath second = page(contents + "?limit=2&cursor=" + first.getString("nextCursor"));
    JsonPath third = page(contents + "?limit=2&cursor=" + second.getString("nextCursor"));

    assertThat(names(first)).isEqualTo(List.of("a", "b"));
    assertThat(names(second)).isEqualTo(List.of("c", "d"));
    assertThat(names(third)).isEqualTo(List.of("e"));
    assertThat(third.getString("nextCursor")).isNull();
    assertThat(names(page(contents + "?database=stock"))).isEqualTo(List.of("d", "e"));
    admin().get(contents + "?cursor=nonsense").then().statusCode(422);
  }

  @Test
  void forgetsTheContentsOfAnAttemptThatWasListedAnew() {
    String id = api.backup("{\"method\":\"LOGICAL\"}");
    api.worker().awaitRun(id, 1);
    api.worker().accept(id, 1);
    api.worker().say(listed(id, "orders", 0, "a", "b"));
    api.worker().say(listed(id, "orders", 1, "gone"));
    api.worker().fail(id, 1, Problem.of(ErrorCode.RECOVERY_CONFLICT, "cancelled", "wait"));
    JobCommand.RunJob run = api.worker().awaitRun(id, 2);
    api.worker().accept(id, 2);
    JobEvent again =
        new JobEvent.ContentsListed(api.worker().header(id, 2), "orders", 0, List.of(entry("b")));
    api.worker().say(again);
    api.worker().succeed(id, 2, new JobResult.BackedUp(Manifests.of(run, "LOGICAL", 1), null));
    await().until(() -> job(id).getBoolean("done"));

    String contents = "/api/v1/backups/" + job(id).getString("result.backupId") + "/contents";
    assertThat(names(page(contents))).isEqualTo(List.of("b"));
  }

  private JobEvent listed(String id, String database, int page, String... tables) {
    return new JobEvent.ContentsListed(
        api.worker().header(id, 1),
        database,
        page,
        Stream.of(tables).map(BackupJobTest::entry).toList());
  }

  private static ContentEntry entry(String table) {
    return new ContentEntry("TABLE", "public", table, "postgres");
  }

  private static JsonPath page(String path) {
    return admin().get(path).then().statusCode(200).extract().jsonPath();
  }

  private static List<String> names(JsonPath page) {
    return page.getList("items.name");
  }
}
