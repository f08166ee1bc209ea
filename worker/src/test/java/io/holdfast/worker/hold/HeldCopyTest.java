package io.holdfast.worker.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.embedded.s3.EmbeddedS3;
import io.holdfast.embedded.s3.S3Front;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.Lsn;
import io.holdfast.model.SecretRef;
import io.holdfast.model.job.HoldOnBackup;
import io.holdfast.model.job.JobResult.Copied;
import io.holdfast.model.job.JobResult.Held;
import io.holdfast.model.job.JobResult.WalCopied;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.job.WalRange;
import io.holdfast.model.manifest.HoldNote;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.repository.ObjectLock;
import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.worker.attempt.TestAttempt;
import io.holdfast.worker.copy.CopyJob;
import io.holdfast.worker.copy.CopyWalJob;
import io.holdfast.worker.copy.TwoStores;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.repository.configured.ConfiguredRepositories;
import io.holdfast.worker.secret.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup is under a legal hold, and is copied to a bucket that locks afterwards. */
class HeldCopyTest {
  private static final String SEGMENT = "000000010000000000000003";
  private static final String OTHER = "000000010000000000000009";

  /** Of the one segment that the backups of these stores need. */
  private static final WalRange WAL =
      new WalRange(
          TwoStores.WAL.systemIdentifier(),
          1,
          16 * 1024 * 1024,
          Lsn.parse("0/3000000"),
          Lsn.parse("0/4000000"));

  @TempDir Path folder;
  private TwoStores stores;
  private EmbeddedS3 store;
  private S3Front vault;
  private ConfiguredRepositories repositories;

  @BeforeEach
  void start() throws IOException {
    stores = new TwoStores();
    store =
        EmbeddedS3.behindFront(folder.resolve("vault"), "test-access", "test-secret-key")
            .bucket("backups");
    vault = S3Front.locking(store.port());
    repositories =
        new ConfiguredRepositories(
            new Credentials(
                Files.writeString(
                    folder.resolve("credentials.yaml"),
                    """
                    databases: {}
                    repositories:
                      keys: { accessKey: "test-access", secretKey: "test-secret-key", endpoints: ["%s", "%s"], buckets: ["backups"] }
                    roots: { repositories: [], restores: [] }
                    """
                        .formatted(stores.first().endpoint(), vault.endpoint()))),
            Waiter.real());
  }

  @AfterEach
  void stop() {
    vault.close();
    store.close();
    stores.close();
  }

  @Test
  void everyObjectOfTheCopyAndOfWhatItBuildsOnStaysWhenTheLockHasRunOut() {
    Manifest full = stores.backUp(null, 4000);
    Manifest increment = stores.backUp(full, 3000);
    Manifest other = stores.backUp(null, 2000);
    for (Manifest backup : List.of(increment, other)) {
      Copied unused =
          new CopyJob(repositories, Clock.systemUTC())
              .run(
                  new JobSpec.Copy(backup.backupId(), TwoStores.CLUSTER, stores.first(), locking()),
                  new TestAttempt());
    }

    Held held =
        new LegalHoldJob(repositories)
            .run(
                new JobSpec.LegalHold(
                    TwoStores.CLUSTER,
                    locking(),
                    List.of(full.backupId(), increment.backupId()),
                    List.of(),
                    List.of(new HoldOnBackup(increment.backupId(), note())),
                    List.of(),
                    List.of()),
                new TestAttempt());

    try (Repository repository = repositories.open(locking())) {
      awaitTheLocksEnd();
      for (Manifest backup : List.of(full, increment)) {
        for (ObjectStat object : repository.list(layout(backup).folder())) {
          assertThatThrownBy(() -> repository.delete(object.key()))
              .isInstanceOfSatisfying(
                  JobFailure.class,
                  failure -> assertThat(failure.code()).isEqualTo(ErrorCode.OBJECT_LOCKED))
              .hasMessage("'" + object.key() + "' is under a legal hold");
        }
      }
      assertThat(repository.stat(layout(increment).hold(note().id(), false))).isPresent();
      assertThat(vault.held()).hasSize((int) held.objects());
      assertThat(vault.held()).noneMatch(key -> key.contains(other.backupId().value()));
    }
  }

  @Test
  void walThatIsSentAfterTheHoldIsHeldAndNoOther() {
    stores.archive(SEGMENT, 200_000);
    stores.archive(OTHER, 200_000);

    WalCopied unused =
        new CopyWalJob(repositories, Clock.systemUTC())
            .run(
                new JobSpec.CopyWal(
                    TwoStores.CLUSTER,
                    stores.first(),
                    locking(),
                    List.of(),
                    List.of(),
                    List.of(WAL)),
                new TestAttempt());

    assertThat(vault.held()).hasSize(1).allMatch(key -> key.endsWith("/" + SEGMENT + ".zst"));
  }

  @Test
  void walThatWasSentBeforeIsHeldByTheJobThatFollows() {
    stores.archive(SEGMENT, 200_000);
    stores.archive(OTHER, 200_000);
    WalCopied unused =
        new CopyWalJob(repositories, Clock.systemUTC())
            .run(
                new JobSpec.CopyWal(TwoStores.CLUSTER, stores.first(), locking()),
                new TestAttempt());
    assertThat(vault.held()).isEmpty();

    Held held =
        new LegalHoldJob(repositories)
            .run(
                new JobSpec.LegalHold(
                    TwoStores.CLUSTER,
                    locking(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(WAL),
                    List.of()),
                new TestAttempt());

    assertThat(held.objects()).isEqualTo(1);
    assertThat(vault.held()).hasSize(1).allMatch(key -> key.endsWith("/" + SEGMENT + ".zst"));
  }

  private void awaitTheLocksEnd() {
    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () ->
                vault.locks().values().stream()
                    .allMatch(lock -> lock.until().isBefore(Instant.now())));
  }

  /** For a moment: it is the hold that keeps things. */
  private S3RepositorySpec locking() {
    return new S3RepositorySpec(
        "vault",
        vault.endpoint(),
        null,
        "backups",
        "pg",
        new SecretRef("keys"),
        null,
        new ObjectLock(ObjectLock.Mode.GOVERNANCE, Duration.ofMillis(1)));
  }

  private static BackupLayout layout(Manifest backup) {
    return new BackupLayout(TwoStores.CLUSTER, backup.backupId());
  }

  private static HoldNote note() {
    return new HoldNote(
        "01a1fc90-0000-706d-a22a-50bc7364c0ea",
        "LEGAL",
        "case 7",
        null,
        Instant.parse("2026-11-21T03:00:00Z"),
        "hfk_1",
        null,
        null,
        null);
  }
}
