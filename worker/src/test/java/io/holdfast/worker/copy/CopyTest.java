package io.holdfast.worker.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.JobResult.Copied;
import io.holdfast.model.job.JobResult.CopiedBackup;
import io.holdfast.model.job.JobResult.WalCopied;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.worker.attempt.TestAttempt;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.BackupLayout;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CopyTest {
  private TwoStores stores;

  @BeforeEach
  void start() {
    stores = new TwoStores();
  }

  @AfterEach
  void stop() {
    stores.close();
  }

  @Test
  void theCopyHasTheSameBytesUnderTheSameKeys() {
    Manifest backup = stores.backUp(null, 20_000_000, 1000);

    Copied copied = copy(backup);

    assertThat(stores.digests(stores.second())).isEqualTo(stores.digests(stores.first()));
    assertThat(copied.objectsSent()).isEqualTo(3);
    assertThat(copied.readBack()).isTrue();
    assertThat(copied.backups())
        .extracting(CopiedBackup::backupId)
        .containsExactly(backup.backupId());
  }

  @Test
  void whatABackupBuildsOnIsCopiedFirst() {
    Manifest full = stores.backUp(null, 5000);
    Manifest incremental = stores.backUp(full, 3000);

    Copied copied = copy(incremental);

    assertThat(copied.backups())
        .extracting(CopiedBackup::backupId)
        .containsExactly(full.backupId(), incremental.backupId());
    assertThat(stores.objects(stores.second())).containsKey(layout(full).manifest());
  }

  @Test
  void sendsOnlyWhatIsNotThereWhole() {
    Manifest backup = stores.backUp(null, 400_000, 1000, 2000);
    Copied first = copy(backup);
    stores.delete(stores.second(), layout(backup).manifest());
    // One is cut short, one has another content of the same length, as a dead copy could leave it.
    String cut = key(backup, 0);
    String changed = key(backup, 1);
    stores.overwrite(stores.second(), cut, new byte[17]);
    stores.overwrite(
        stores.second(), changed, new byte[(int) backup.artifacts().get(1).stored().bytes()]);

    Copied second = copy(backup);

    assertThat(first.objectsSent()).isEqualTo(4);
    assertThat(second.objectsSent()).isEqualTo(2);
    assertThat(stores.digests(stores.second())).isEqualTo(stores.digests(stores.first()));
  }

  @Test
  void aSecondCopySendsNothing() {
    Manifest backup = stores.backUp(null, 4000);
    Copied unused = copy(backup);

    assertThat(copy(backup).objectsSent()).isZero();
  }

  @Test
  void aDamagedSourceBecomesNoCopy() {
    Manifest backup = stores.backUp(null, 4000);
    stores.overwrite(
        stores.first(),
        key(backup, 0),
        new byte[(int) backup.artifacts().getFirst().stored().bytes()]);

    assertThatThrownBy(() -> copy(backup))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.ARTIFACT_DAMAGED));
    assertThat(stores.objects(stores.second())).isEmpty();
  }

  @Test
  void aCopyThatIsAnotherBackupIsLeftAsItIs() {
    Manifest backup = stores.backUp(null, 4000);
    Copied unused = copy(backup);
    byte[] foreign = "{}".getBytes(StandardCharsets.UTF_8);
    stores.overwrite(stores.second(), layout(backup).run(backup.runId()) + "SHA256SUMS", foreign);

    assertThatThrownBy(() -> copy(backup))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.MANIFEST_UNREADABLE));
    assertThat(
            stores.objects(stores.second()).get(layout(backup).run(backup.runId()) + "SHA256SUMS"))
        .isEqualTo(foreign);
  }

  @Test
  void aBackupThatWasExchangedInTheSourceBecomesNoCopy() {
    Manifest backup = stores.backUp(null, 4000);
    String recorded = stores.manifestSha256(backup);
    stores.exchange(backup);

    assertThatThrownBy(() -> copy(known(backup, false, recorded), new TestAttempt()))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(ErrorCode.NOT_AUTHENTIC);
              assertThat(failure)
                  .hasMessage(
                      "the manifest of backup "
                          + backup.backupId()
                          + " is another one than was recorded when it was taken");
            });
    assertThat(stores.objects(stores.second())).isEmpty();
  }

  @Test
  void aBackupThatIsKnownToBeEncryptedAndSaysThatItIsNotBecomesNoCopy() {
    Manifest backup = stores.backUp(null, 4000);

    assertThatThrownBy(() -> copy(known(backup, true, null), new TestAttempt()))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.NOT_AUTHENTIC));
    assertThat(stores.objects(stores.second())).isEmpty();
  }

  @Test
  void aBackupThatIsExchangedWhileItsParentIsCopiedBecomesNoCopy() {
    Manifest full = stores.backUp(null, 5000);
    Manifest incremental = stores.backUp(full, 3000);
    String recorded = stores.manifestSha256(incremental);
    TestAttempt exchanging =
        new TestAttempt(
            phase -> {
              if (phase.equals("COPYING " + full.backupId())) {
                stores.exchange(incremental);
              }
            });

    assertThatThrownBy(() -> copy(known(incremental, false, recorded), exchanging))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.NOT_AUTHENTIC));
    assertThat(stores.objects(stores.second()))
        .containsKey(layout(full).manifest())
        .doesNotContainKey(layout(incremental).manifest());
  }

  @Test
  void walIsCopiedAsFarAsItIsMissing() {
    stores.archive("000000010000000000000001", 500_000);
    stores.archive("000000010000000000000002", 500_000);
    stores.archive("00000002.history", 40);
    WalCopied first = copyWal();
    stores.archive("000000010000000000000003", 500_000);

    WalCopied second = copyWal();

    assertThat(first.objectsSent()).isEqualTo(3);
    assertThat(second.objectsSent()).isEqualTo(1);
    assertThat(second.objectsThere()).isEqualTo(3);
    assertThat(stores.digests(stores.second())).isEqualTo(stores.digests(stores.first()));
  }

  @Test
  void damagedWalIsNotCopiedAndTheOthersAre() {
    stores.archive("000000010000000000000001", 500_000);
    stores.archive("000000010000000000000002", 500_000);
    String damaged = TwoStores.WAL.folder() + "0000000100000000/000000010000000000000001.zst";
    byte[] bytes = stores.objects(stores.first()).get(damaged);
    bytes[bytes.length / 2] ^= 1;
    stores.overwrite(stores.first(), damaged, bytes);

    assertThatThrownBy(this::copyWal)
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.WAL_DAMAGED));
    assertThat(stores.objects(stores.second()).keySet())
        .isEqualTo(
            Set.of(TwoStores.WAL.folder() + "0000000100000000/000000010000000000000002.zst"));
  }

  private Copied copy(Manifest backup) {
    return copy(known(backup, false, stores.manifestSha256(backup)), new TestAttempt());
  }

  private Copied copy(JobSpec.Copy spec, TestAttempt attempt) {
    return new CopyJob(stores.repositories(), Clock.systemUTC()).run(spec, attempt);
  }

  private JobSpec.Copy known(Manifest backup, boolean encrypted, String sha256) {
    return new JobSpec.Copy(backup.backupId(), TwoStores.CLUSTER, stores.first(), stores.second())
        .known(encrypted, sha256);
  }

  private WalCopied copyWal() {
    return new CopyWalJob(stores.repositories(), Clock.systemUTC())
        .run(
            new JobSpec.CopyWal(TwoStores.CLUSTER, stores.first(), stores.second()),
            new TestAttempt());
  }

  private static BackupLayout layout(Manifest backup) {
    return new BackupLayout(TwoStores.CLUSTER, backup.backupId());
  }

  private static String key(Manifest backup, int artifact) {
    return layout(backup).key(backup.artifacts().get(artifact).object());
  }
}
