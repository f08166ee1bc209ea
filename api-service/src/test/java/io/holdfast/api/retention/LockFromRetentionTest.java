package io.holdfast.api.retention;

import static io.holdfast.api.testing.ApiFixture.admin;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.repository.ObjectLock;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.repository.S3RepositorySpec;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A repository that locks objects without saying for how long: the retention says it. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class LockFromRetentionTest {
  private ApiFixture api;
  private String vault;

  @BeforeEach
  void declare() {
    api = new ApiFixture(64);
    vault = Api.name("vault");
    admin()
        .body(
            "{\"type\":\"S3\",\"pool\":\""
                + api.cluster()
                + "\",\"s3\":{\"endpoint\":\"http://127.0.0.1:9\",\"bucket\":\"backups\","
                + "\"credentialsRef\":\"vault\",\"objectLock\":{\"mode\":\"GOVERNANCE\"}}}")
        .put("/api/v1/repositories/" + vault)
        .then()
        .statusCode(201);
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void whatIsWrittenIsLockedForTheDaysOrTheWindowAndTheGrace() {
    api.declared("\"retention\":{\"daily\":10,\"grace\":\"P2D\",\"walWindow\":\"P8D\"},");
    Duration byDays = lockOf(backup());
    api.declared("\"retention\":{\"daily\":3,\"grace\":\"P2D\",\"walWindow\":\"P8D\"},");

    assertThat(byDays).isEqualTo(Duration.ofDays(12));
    assertThat(lockOf(backup())).isEqualTo(Duration.ofDays(10));
  }

  @Test
  void aCopyIsLockedAsItsOwnRetentionSays() {
    api.declared(
        "\"retention\":{\"daily\":7},\"copies\":[{\"repository\":\""
            + vault
            + "\",\"retention\":{\"daily\":30,\"grace\":\"PT0S\"}}],");
    String backup = api.physical("0/100000", "0/200000", Instant.now());

    JobSpec.Copy copy =
        (JobSpec.Copy)
            api.worker()
                .awaitSpec(JobSpec.Copy.class, one -> one.backupId().value().equals(backup))
                .spec();

    assertThat(lockOf(copy.destination())).isEqualTo(Duration.ofDays(30));
  }

  @Test
  void aDeclarationKeepsThatItSaysNothing() {
    assertThat(admin().get("/api/v1/repositories/" + vault).jsonPath().getMap("s3.objectLock"))
        .containsOnlyKeys("mode");
  }

  private RepositorySpec backup() {
    String id = api.backup("{\"method\":\"LOGICAL\",\"repository\":\"" + vault + "\"}");
    return api.worker().awaitRun(id, 1).spec().repository();
  }

  private static Duration lockOf(RepositorySpec repository) {
    ObjectLock lock = ((S3RepositorySpec) repository).objectLock();
    assertThat(lock.mode()).isEqualTo(ObjectLock.Mode.GOVERNANCE);
    return lock.retainFor();
  }
}
