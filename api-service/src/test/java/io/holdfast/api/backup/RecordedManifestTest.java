package io.holdfast.api.backup;

import static io.holdfast.api.testing.ApiFixture.admin;
import static io.holdfast.api.testing.ApiFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Manifests;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever reads a backup is told which manifest it had when it was taken. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class RecordedManifestTest {
  private static final String SHA256 = "cd".repeat(32);

  private ApiFixture api;
  private String backup;

  @BeforeEach
  void backUp() {
    api = new ApiFixture(64);
    String id = api.backup("{\"method\":\"PHYSICAL\"}");
    JobCommand.RunJob run = api.worker().awaitRun(id, 1);
    api.worker().accept(id, 1);
    api.worker()
        .succeed(
            id,
            1,
            new JobResult.BackedUp(
                Manifests.encrypted(Manifests.physical(run, "0/100000", "0/200000", Instant.now())),
                null,
                SHA256));
    await().atMost(Duration.ofSeconds(20)).until(() -> job(id).getBoolean("done"));
    backup = job(id).getString("result.backupId");
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void aVerificationIsTold() {
    JobSpec.Verify spec =
        (JobSpec.Verify)
            asked("/api/v1/backups/" + backup + "/verifications", "{\"level\":\"CHECKSUM\"}");

    assertThat(spec.manifestSha256()).isEqualTo(SHA256);
    assertThat(spec.encrypted()).isTrue();
  }

  @Test
  void aRestoreIsTold() {
    JobSpec.Restore spec =
        (JobSpec.Restore)
            asked(
                "/api/v1/restores",
                "{\"backupId\":\""
                    + backup
                    + "\",\"dryRun\":true,\"physical\":{\"directory\":\"/srv/restored\"}}");

    assertThat(spec.manifestSha256()).isEqualTo(SHA256);
    assertThat(spec.encrypted()).isTrue();
  }

  @Test
  void aCopyIsTold() {
    JobSpec.Copy spec =
        (JobSpec.Copy)
            asked(
                "/api/v1/backups/" + backup + "/copies",
                "{\"repository\":\"" + Api.repository() + "\"}");

    assertThat(spec.manifestSha256()).isEqualTo(SHA256);
    assertThat(spec.encrypted()).isTrue();
  }

  @Test
  void anIncrementalBackupIsToldOfItsParent() {
    JobSpec.Backup spec =
        (JobSpec.Backup)
            asked(
                "/api/v1/clusters/" + api.cluster() + "/backups",
                "{\"method\":\"PHYSICAL\",\"physical\":{\"type\":\"INCREMENTAL\"}}");

    assertThat(((PhysicalSourceSpec) spec.source()).parentManifestSha256()).isEqualTo(SHA256);
    assertThat(((PhysicalSourceSpec) spec.source()).parentEncrypted()).isTrue();
  }

  private JobSpec asked(String path, String body) {
    String id = admin().body(body).post(path).then().statusCode(202).extract().path("id");
    return api.worker().awaitRun(id, 1).spec();
  }
}
