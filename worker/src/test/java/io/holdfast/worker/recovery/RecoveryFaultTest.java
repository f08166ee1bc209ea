package io.holdfast.worker.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.JobResult.Restored;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.restore.PhysicalRestoreTarget.EndAction;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.worker.attempt.TestAttempt;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.server.ThrowAwayServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ten commits, a segment of 1 MB each; something is wrong with the fifth, or with the store. */
class RecoveryFaultTest {
  private static final List<Commit> COMMITS = new ArrayList<>();
  private static ArchivedCluster cluster;
  private static Manifest backup;
  private static Path fifth;
  private byte[] sound;

  @BeforeAll
  static void start() throws Exception {
    cluster = ArchivedCluster.start(PostgresInstall.newest(), 0, 1);
    backup = cluster.backUp();
    for (int i = 1; i <= 10; i++) {
      COMMITS.add(cluster.commit(i));
      cluster.archive();
    }
    fifth = cluster.stored(cluster.segment(1, COMMITS.get(4).end()));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void keep() throws Exception {
    sound = Files.readAllBytes(fifth);
  }

  @AfterEach
  void putBack() throws Exception {
    Files.write(fifth, sound);
  }

  @Test
  void refusesToGoPastASegmentThatIsGoneAndNamesIt() throws Exception {
    Files.delete(fifth);

    JobFailure failure = failure(new RecoveryTarget.Latest());

    assertThat(failure.code()).isEqualTo(ErrorCode.TARGET_UNREACHABLE);
    assertThat(failure.getMessage())
        .contains("a hole on timeline 1 from")
        .contains(cluster.segment(1, COMMITS.get(4).end()));
    assertThat(failure.hint()).contains("The nearest point before is", "last commit");
    assertThat(cluster.lastCopy()).doesNotExist();
    assertThat(failure(new RecoveryTarget.Time(COMMITS.get(7).after(), true)).code())
        .isEqualTo(ErrorCode.TARGET_UNREACHABLE);
    assertThat(
            failure(new RecoveryTarget.Transaction(Long.toString(COMMITS.get(7).xid()), true))
                .code())
        .isEqualTo(ErrorCode.TARGET_UNREACHABLE);
  }

  @Test
  void stillReachesWhatLiesBeforeASegmentThatIsGone() throws Exception {
    Files.delete(fifth);

    Restored restored =
        cluster.restore(backup, new RecoveryTarget.Time(COMMITS.get(2).after(), true));

    assertThat(cluster.ledger(restored)).isEqualTo("1,2,3");
  }

  @Test
  void opensNothingWhenASegmentIsCutChangedOrAnothersOne() throws Exception {
    byte[] flipped = sound.clone();
    flipped[flipped.length / 2] ^= 1;
    byte[] sixth = Files.readAllBytes(cluster.stored(cluster.segment(1, COMMITS.get(5).end())));
    for (byte[] wrong :
        List.of(Arrays.copyOf(sound, sound.length / 2), flipped, sixth, new byte[0])) {
      Files.write(fifth, wrong);

      JobFailure failure = failure(new RecoveryTarget.Latest());

      assertThat(failure.code()).isEqualTo(ErrorCode.WAL_DAMAGED);
      assertThat(failure.getMessage()).contains(cluster.segment(1, COMMITS.get(4).end()));
      assertThat(cluster.lastCopy().resolve("recovery.signal")).exists();
      assertThatThrownBy(
              () ->
                  ThrowAwayServer.start(
                      cluster.tools(),
                      cluster.major(),
                      cluster.lastCopy(),
                      "postgres",
                      Progress.silent()))
          .isInstanceOfSatisfying(
              JobFailure.class,
              refused ->
                  // PostgreSQL 18 quotes the name.
                  assertThat(refused.getMessage())
                      .containsPattern("must specify \"?restore_command"));
    }
  }

  @Test
  void opensNothingWhenASegmentGoesAfterTheWayWasProven() {
    JobFailure failure =
        catchThrowableOfType(
            JobFailure.class,
            () ->
                cluster.restore(
                    backup,
                    new RecoveryTarget.Latest(),
                    null,
                    EndAction.PROMOTE,
                    false,
                    cluster.repositories(),
                    new TestAttempt(
                        phase -> {
                          if (phase.equals("RECOVERING")) {
                            assertThat(fifth.toFile().delete()).isTrue();
                          }
                        })));

    assertThat(failure.code()).isEqualTo(ErrorCode.TARGET_MISSED);
    assertThat(cluster.lastCopy().resolve("recovery.signal")).exists();
  }

  @Test
  void waitsForAStoreThatIsAwayForAWhileDuringRecovery() throws Exception {
    Outage outage = new Outage();

    Restored restored = restoreDuring(outage, TimeUnit.SECONDS.toNanos(2));

    assertThat(outage.refused()).isPositive();
    assertThat(cluster.ledger(restored)).isEqualTo("1,2,3,4,5,6,7,8,9,10");
  }

  @Test
  void failsAndOpensNothingWhenTheStoreStaysAway() {
    Outage outage = new Outage();

    JobFailure failure =
        catchThrowableOfType(
            JobFailure.class, () -> restoreDuring(outage, TimeUnit.HOURS.toNanos(1)));

    assertThat(outage.refused()).isPositive();
    assertThat(failure.code()).isEqualTo(ErrorCode.REPOSITORY_UNAVAILABLE);
    assertThat(failure.getMessage())
        .isEqualTo(
            "recovery stopped, because the archive could not be read: the store answered 503");
    assertThat(cluster.lastCopy().resolve("recovery.signal")).exists();
  }

  private static Restored restoreDuring(Outage outage, long nanos) {
    return cluster.restore(
        backup,
        new RecoveryTarget.Latest(),
        null,
        EndAction.PROMOTE,
        false,
        outage.over(cluster.repositories()),
        new TestAttempt(
            phase -> {
              if (phase.equals("RECOVERING")) {
                outage.begin(nanos);
              }
            }));
  }

  private static JobFailure failure(RecoveryTarget target) {
    return catchThrowableOfType(JobFailure.class, () -> cluster.restore(backup, target));
  }
}
