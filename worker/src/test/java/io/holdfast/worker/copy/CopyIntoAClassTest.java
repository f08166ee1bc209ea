package io.holdfast.worker.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.s3.EmbeddedS3;
import io.holdfast.embedded.s3.S3Front;
import io.holdfast.model.SecretRef;
import io.holdfast.model.job.JobResult.Copied;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.worker.attempt.TestAttempt;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.repository.configured.ConfiguredRepositories;
import io.holdfast.worker.secret.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The storage class of a copy, as the store is told of it. */
class CopyIntoAClassTest {
  @TempDir Path folder;

  @Test
  void everyArtifactIsWrittenInTheClassAndWhatAScanNeedsIsNot() throws IOException {
    try (TwoStores stores = new TwoStores();
        EmbeddedS3 cold =
            EmbeddedS3.behindFront(folder.resolve("cold"), "test-access", "test-secret-key")
                .bucket("backups");
        S3Front front = S3Front.locking(cold.port())) {
      Manifest backup = stores.backUp(null, 4000, 500);
      ConfiguredRepositories repositories = repositories(stores, front);

      Copied copied =
          new CopyJob(repositories, Clock.systemUTC())
              .run(
                  new JobSpec.Copy(
                      backup.backupId(),
                      TwoStores.CLUSTER,
                      stores.first(),
                      new S3RepositorySpec(
                              "cold",
                              front.endpoint(),
                              null,
                              "backups",
                              "pg",
                              new SecretRef("keys"))
                          .inClass("GLACIER_IR")),
                  new TestAttempt());

      assertThat(copied.readBack()).isTrue();
      BackupLayout layout = new BackupLayout(TwoStores.CLUSTER, backup.backupId());
      List<String> artifacts =
          backup.artifacts().stream()
              .map(artifact -> "/backups/pg/" + layout.key(artifact.object()))
              .toList();
      assertThat(front.classes()).containsOnlyKeys(artifacts);
      assertThat(front.classes().values()).containsOnly("GLACIER_IR");
    }
  }

  private ConfiguredRepositories repositories(TwoStores stores, S3Front front) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("credentials.yaml"),
            """
            databases: {}
            repositories:
              keys: { accessKey: "test-access", secretKey: "test-secret-key", endpoints: ["%s", "%s"], buckets: ["backups"] }
            roots: { repositories: [], restores: [] }
            """
                .formatted(stores.first().endpoint(), front.endpoint()));
    return new ConfiguredRepositories(new Credentials(file), Waiter.real());
  }
}
