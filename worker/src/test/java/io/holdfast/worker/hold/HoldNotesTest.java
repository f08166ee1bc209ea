package io.holdfast.worker.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.Doomed;
import io.holdfast.model.job.HoldOnBackup;
import io.holdfast.model.job.JobResult.Expired;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.manifest.HoldNote;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.scan.BackupFound;
import io.holdfast.model.scan.ScanPage;
import io.holdfast.worker.attempt.TestAttempt;
import io.holdfast.worker.copy.TwoStores;
import io.holdfast.worker.expire.ExpireJob;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.scan.ScanJob;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Holds lie beside the manifests of backups and are believed by those who scan and expire. */
class HoldNotesTest {
  private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS);
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
  void aScanReadsAHoldBackAndThatItWasLifted() {
    Manifest backup = stores.backUp(null, 100);
    HoldNote hold = hold(null);

    note(backup.backupId(), hold);
    List<HoldNote> held = scanned();
    note(backup.backupId(), lifted(hold));

    assertThat(held).containsExactly(hold);
    assertThat(scanned()).containsExactly(lifted(hold));
  }

  @Test
  void whatIsHeldInTheRepositoryIsNotRemovedWhateverTheControlPlaneSays() {
    Manifest full = stores.backUp(null, 100);
    Manifest held = stores.backUp(full, 100);
    HoldNote hold = hold(null);
    note(held.backupId(), hold);

    Expired kept = expire(held, full);
    note(held.backupId(), lifted(hold));
    Expired gone = expire(held, full);

    assertThat(kept.backups()).isEmpty();
    assertThat(kept.kept())
        .hasSize(2)
        .allSatisfy(
            one ->
                assertThat(one.because())
                    .isEqualTo("backup " + held.backupId() + " is held in the repository: case 7"));
    assertThat(gone.backups()).containsExactly(held.backupId(), full.backupId());
    assertThat(stores.objects(stores.first()).keySet())
        .filteredOn(key -> key.contains("/backups/"))
        .allMatch(key -> key.endsWith("/expired.json"));
  }

  @Test
  void aHoldThatHasEndedKeepsNothing() {
    Manifest backup = stores.backUp(null, 100);
    note(backup.backupId(), hold(NOW.minusSeconds(5)));

    assertThat(expire(backup).backups()).containsExactly(backup.backupId());
  }

  @Test
  void aHoldThatNobodyCanReadKeepsItsBackup() {
    Manifest backup = stores.backUp(null, 100);
    String key = new BackupLayout(TwoStores.CLUSTER, backup.backupId()).hold("x", false);
    stores.overwrite(stores.first(), key, new byte[] {1});

    assertThat(expire(backup).kept().getFirst().because()).contains("x.json' cannot be read");
  }

  @Test
  void whatDoesNotExistIsNotHeld() {
    BackupId nothing = BackupId.next(Clock.systemUTC());

    assertThatThrownBy(() -> note(nothing, hold(null)))
        .isInstanceOfSatisfying(
            JobFailure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKUP_NOT_FOUND));
    assertThat(stores.objects(stores.first())).isEmpty();
  }

  private static HoldNote hold(Instant endsAt) {
    return new HoldNote(
        "01a1fc90-0000-706d-a22a-50bc7364c0ea",
        "LEGAL",
        "case 7",
        endsAt,
        NOW.minusSeconds(60),
        "hfk_1",
        null,
        null,
        null);
  }

  private static HoldNote lifted(HoldNote hold) {
    return new HoldNote(
        hold.id(),
        hold.kind(),
        hold.reason(),
        hold.endsAt(),
        hold.createdAt(),
        hold.createdBy(),
        NOW,
        "hfk_2",
        "settled");
  }

  private void note(BackupId backup, HoldNote hold) {
    var unused =
        new LegalHoldJob(stores.repositories())
            .run(
                new JobSpec.LegalHold(
                    TwoStores.CLUSTER,
                    stores.first(),
                    List.of(),
                    List.of(),
                    List.of(new HoldOnBackup(backup, hold)),
                    List.of(),
                    List.of()),
                new TestAttempt());
  }

  private List<HoldNote> scanned() {
    TestAttempt told = new TestAttempt();
    var unused =
        new ScanJob(stores.repositories(), Clock.systemUTC())
            .run(new JobSpec.Scan(stores.first()), told);
    assertThat(told.pages()).allSatisfy(page -> assertThat(page.oddities()).isEmpty());
    return told.pages().stream()
        .map(ScanPage::backups)
        .flatMap(List::stream)
        .map(BackupFound::holds)
        .flatMap(List::stream)
        .toList();
  }

  private Expired expire(Manifest... backups) {
    return new ExpireJob(stores.repositories(), Clock.systemUTC())
        .run(
            new JobSpec.Expire(
                TwoStores.CLUSTER,
                stores.first(),
                List.of(backups).stream()
                    .map(one -> new Doomed(one.backupId(), "nothing needs it"))
                    .toList(),
                List.of(),
                null,
                false),
            new TestAttempt());
  }
}
