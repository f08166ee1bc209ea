package io.holdfast.api.backup;

import static io.holdfast.api.testing.ApiFixture.admin;
import static io.holdfast.api.testing.ApiFixture.job;
import static io.holdfast.api.testing.ApiFixture.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Manifests;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.job.JobResult;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
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
}
