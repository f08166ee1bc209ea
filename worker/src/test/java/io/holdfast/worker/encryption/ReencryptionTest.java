package io.holdfast.worker.encryption;

import static io.holdfast.worker.encryption.LeakedKeys.FRESH;
import static io.holdfast.worker.encryption.LeakedKeys.LEAKED;
import static io.holdfast.worker.encryption.LeakedKeys.TO_AUDITOR;
import static io.holdfast.worker.encryption.LeakedKeys.TO_SUCCESSOR;
import static io.holdfast.worker.failure.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.junit.RequiresPostgres;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.process.Folders;
import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.JobId;
import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.model.backup.PhysicalSourceSpec.Otherwise;
import io.holdfast.model.backup.SourceSpec;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.job.VerificationLevel;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.worker.attempt.TestAttempt;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.failure.JobStopped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A key has leaked: backups are put under other keys, and the old key is thrown away. */
@TestInstance(Lifecycle.PER_CLASS)
class ReencryptionTest {
  private static final SourceSpec DUMP =
      new LogicalSourceSpec(null, List.of("shop"), null, null, null, null, null, null, 0, null);
  private static final SourceSpec BASE = new PhysicalSourceSpec(null);

  enum Change {
    ENVELOPE_DUMP(DUMP, LEAKED, FRESH),
    ENVELOPE_BASE(BASE, LEAKED, FRESH),
    OPENPGP_BASE(BASE, TO_AUDITOR, TO_SUCCESSOR),
    FROM_OPENPGP_TO_ENVELOPE(DUMP, TO_AUDITOR, FRESH),
    FROM_ENVELOPE_TO_OPENPGP(DUMP, LEAKED, TO_SUCCESSOR);

    private final SourceSpec source;
    private final EncryptionSpec before;
    private final EncryptionSpec after;

    Change(SourceSpec source, EncryptionSpec before, EncryptionSpec after) {
      this.source = source;
      this.before = before;
      this.after = after;
    }
  }

  private LeakedKeys leak;

  @BeforeAll
  void start() throws IOException {
    leak = new LeakedKeys();
  }

  @AfterAll
  void stop() {
    leak.close();
  }

  @ParameterizedTest
  @EnumSource
  void comesBackWithTheNewKeysAloneWhenTheFirstIsGone(Change change) throws IOException {
    Manifest first = leak.both.backUp(change.source, change.before);
    Map<String, String> untouched = files(first);

    Manifest second = reencrypt(first, change.after, new TestAttempt());

    assertThat(files(first)).isEqualTo(untouched);
    Folders.delete(leak.cluster.backup(first.backupId()));
    assertThat(leak.newKeys.verify(second.backupId(), VerificationLevel.RESTORE).findings())
        .extracting(Finding::outcome)
        .containsOnly("OK");
    assertRefused(
        ErrorCode.KEY_UNAVAILABLE,
        () -> leak.oldKeys.verify(second.backupId(), VerificationLevel.STRUCTURE));
    assertThat(second.reencryptedFrom()).isEqualTo(first.backupId());
    assertThat(second.finishedAt()).isEqualTo(first.finishedAt());
    assertThat(second.artifacts())
        .extracting(Artifact::plain)
        .isEqualTo(first.artifacts().stream().map(Artifact::plain).toList());
  }

  @Test
  void aWorkerWithoutThePrivateKeyRefusesBeforeAnythingIsWritten() throws IOException {
    Manifest first = leak.both.backUp(DUMP, TO_AUDITOR);
    BackupId id = BackupId.next(Clock.systemUTC());

    assertThatThrownBy(
            () ->
                leak.publicKeys.reencrypt(
                    id, first.backupId(), null, TO_SUCCESSOR, new TestAttempt()))
        .isInstanceOfSatisfying(
            JobFailure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.KEY_UNAVAILABLE))
        .hasMessageContaining("secret half");
    assertThat(leak.cluster.backup(id)).doesNotExist();
  }

  @Test
  void aWorkerThatCannotUseTheNewKeyRefusesBeforeAnythingIsWritten() throws IOException {
    Manifest first = leak.both.backUp(DUMP, LEAKED);
    BackupId id = BackupId.next(Clock.systemUTC());

    assertRefused(
        ErrorCode.KEY_UNAVAILABLE,
        () -> leak.oldKeys.reencrypt(id, first.backupId(), null, FRESH, new TestAttempt()));
    assertThat(leak.cluster.backup(id)).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"REENCRYPTING", "READING_BACK", "COMMITTING"})
  void anAttemptThatIsStoppedLeavesTheFirstAndTheNextOneFinishes(String phase) throws IOException {
    Manifest first = leak.both.backUp(BASE, LEAKED);
    BackupId id = BackupId.next(Clock.systemUTC());
    JobId job = JobId.next(Clock.systemUTC());

    assertThatThrownBy(
            () -> leak.both.reencrypt(id, first.backupId(), null, FRESH, stoppedIn(phase, job)))
        .isInstanceOf(JobStopped.class);

    assertThat(leak.cluster.backup(id).resolve("manifest.json")).doesNotExist();
    assertThat(leak.oldKeys.verify(first.backupId(), VerificationLevel.STRUCTURE)).isNotNull();
    Manifest second =
        leak.both.reencrypt(id, first.backupId(), null, FRESH, new TestAttempt(job, 2));
    assertThat(leak.newKeys.verify(id, VerificationLevel.RESTORE)).isNotNull();
    assertThat(leak.both.reencrypt(id, first.backupId(), null, FRESH, new TestAttempt(job, 3)))
        .as("an attempt after the commit has nothing left to do")
        .isEqualTo(second);
  }

  @Test
  @RequiresPostgres(PostgresInstall.FIRST_INCREMENTAL)
  void aChainFollowsFromItsFullOneOnAndIsReadWithoutTheFirst() throws IOException {
    Manifest full = leak.both.backUp(BASE, LEAKED);
    leak.cluster.postgres.primary().execute("INSERT INTO s VALUES (10)");
    Manifest increment =
        leak.both.backUp(new PhysicalSourceSpec(null, full.backupId(), Otherwise.FAIL), LEAKED);
    BackupId tooEarly = BackupId.next(Clock.systemUTC());
    BackupId misplaced = BackupId.next(Clock.systemUTC());
    Manifest stranger = leak.both.backUp(BASE, FRESH);

    assertRefused(
        ErrorCode.INVALID_SELECTION,
        () -> leak.both.reencrypt(tooEarly, increment.backupId(), null, FRESH, new TestAttempt()));
    assertRefused(
        ErrorCode.INVALID_SELECTION,
        () ->
            leak.both.reencrypt(
                misplaced, increment.backupId(), stranger.backupId(), FRESH, new TestAttempt()));
    Manifest newFull = reencrypt(full, FRESH, new TestAttempt());
    Manifest newIncrement =
        leak.both.reencrypt(
            BackupId.next(Clock.systemUTC()),
            increment.backupId(),
            newFull.backupId(),
            FRESH,
            new TestAttempt());

    Folders.delete(leak.cluster.backup(increment.backupId()));
    Folders.delete(leak.cluster.backup(full.backupId()));
    assertThat(newIncrement.parent()).isEqualTo(newFull.backupId());
    assertThat(leak.newKeys.verify(newIncrement.backupId(), VerificationLevel.RESTORE).findings())
        .extracting(Finding::outcome)
        .containsOnly("OK");
    assertThat(leak.newKeys.restore(newIncrement, "chain").dryRun()).isFalse();
  }

  @Test
  void whatIsNotEncryptedIsNotVouchedFor() throws IOException {
    Manifest forged = leak.both.backUp(DUMP, null);
    BackupId id = BackupId.next(Clock.systemUTC());

    assertRefused(
        ErrorCode.NOT_AUTHENTIC,
        () -> leak.both.reencrypt(id, forged.backupId(), null, FRESH, new TestAttempt()));
    assertThat(leak.cluster.backup(id)).doesNotExist();
  }

  @Test
  void aDamagedFirstIsNotGivenASecond() throws IOException {
    Manifest first = leak.both.backUp(DUMP, LEAKED);
    Path dump = leak.cluster.backup(first.backupId()).resolve(first.artifacts().getLast().object());
    byte[] bytes = Files.readAllBytes(dump);
    bytes[bytes.length / 2] ^= 1;
    Files.write(dump, bytes);
    BackupId id = BackupId.next(Clock.systemUTC());

    assertRefused(
        ErrorCode.ARTIFACT_DAMAGED,
        () -> leak.both.reencrypt(id, first.backupId(), null, FRESH, new TestAttempt()));
    assertThat(leak.cluster.backup(id).resolve("manifest.json")).doesNotExist();
  }

  private Manifest reencrypt(Manifest first, EncryptionSpec after, TestAttempt attempt) {
    return leak.both.reencrypt(
        BackupId.next(Clock.systemUTC()), first.backupId(), null, after, attempt);
  }

  private Map<String, String> files(Manifest backup) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> all = Files.walk(leak.cluster.backup(backup.backupId()))) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        digests.put(file.toString(), Forgery.sha256(Files.readAllBytes(file)));
      }
    }
    return digests;
  }

  private static TestAttempt stoppedIn(String phase, JobId job) {
    return new TestAttempt(
        job,
        1,
        begun -> {
          if (begun.equals(phase)) {
            throw new JobStopped("in " + phase);
          }
        },
        () -> {});
  }
}
