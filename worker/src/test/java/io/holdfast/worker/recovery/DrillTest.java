package io.holdfast.worker.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.drill.DrillSpec;
import io.holdfast.model.drill.DrillSpec.Assertion;
import io.holdfast.model.job.JobResult.Drilled;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.worker.attempt.TestAttempt;
import io.holdfast.worker.drill.DrillJob;
import io.holdfast.worker.failure.JobFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DrillTest {
  private static ArchivedCluster cluster;
  private static Manifest backup;
  private static Commit second;

  @BeforeAll
  static void start() throws Exception {
    cluster = ArchivedCluster.start(PostgresInstall.newest(), 0, 16);
    cluster.primary().execute("create table kept (i int primary key)");
    backup = cluster.backUp();
    Commit unused = cluster.commit(1);
    second = cluster.commit(2);
    unused = cluster.commit(3);
    cluster.archive();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void tellsWhatItFoundAndLeavesNothingBehind() throws Exception {
    TestAttempt attempt = new TestAttempt();

    Drilled drilled =
        drill(
            attempt,
            new Assertion("rows", "postgres", "select count(*) from ledger", "2"),
            new Assertion("order", "postgres", "select max(i) = 2 from ledger", null));

    assertThat(drilled.findings())
        .extracting(Finding::check, Finding::outcome)
        .contains(
            tuple("recovery", "OK"),
            tuple("recovery-time", "OK"),
            tuple("data-loss", "OK"),
            tuple("tables", "OK"),
            tuple("assertion", "OK"))
        .doesNotContain(tuple("assertion", "FAILED"));
    assertThat(drilled.findings()).filteredOn(f -> f.check().equals("amcheck")).isNotEmpty();
    assertThat(drilled.recovery()).isPositive();
    assertThat(drilled.loss()).isBetween(Duration.ZERO, Duration.ofSeconds(1));
    assertThat(drilled.details()).containsKeys("reachedLsn", "segmentsFetched", "lossSeconds");
    assertThat(attempt.notes())
        .hasSize(drilled.findings().size() + 1)
        .last()
        .asString()
        .startsWith("DRILL_FACTS {");
    assertThat(attempt.notes().getFirst()).startsWith("DRILL_FINDING {\"check\":\"recovery\"");
    try (Stream<Path> scratch = Files.list(cluster.folder().resolve("scratch"))) {
      assertThat(scratch).isEmpty();
    }
  }

  @Test
  void failsWhenAnAssertionDoesNotHoldAndTellsTheOthersAllTheSame() {
    TestAttempt attempt = new TestAttempt();

    JobFailure failure =
        catchThrowableOfType(
            JobFailure.class,
            () ->
                drill(
                    attempt,
                    new Assertion("wrong", "postgres", "select count(*) from ledger", "3"),
                    new Assertion("secret", "postgres", "select 'a row'::text", "b"),
                    new Assertion("writes", "postgres", "create table t (i int)", null),
                    new Assertion("program", "postgres", "copy ledger to program 'id'", null),
                    new Assertion("many", "postgres", "select i from ledger", "1"),
                    new Assertion("right", "postgres", "select 1", "1")));

    assertThat(failure.code()).isEqualTo(ErrorCode.DRILL_FAILED);
    assertThat(failure.getMessage()).startsWith("5 of ");
    assertThat(String.join("\n", attempt.notes()))
        .contains("Assertion 'wrong' does not hold: it gave 2.")
        .contains("Assertion 'secret' does not hold: it gave another value than expected.")
        .contains("Assertion 'writes' could not be asked: SQL state 25006.")
        .contains("Assertion 'program' could not be asked: SQL state")
        .contains("Assertion 'many' gave several rows.")
        .contains("Assertion 'right' holds.")
        .contains("DRILL_FACTS {");
  }

  @Test
  void keepsTheReasonWhenNothingCameBack() {
    TestAttempt attempt = new TestAttempt();

    JobFailure failure =
        catchThrowableOfType(
            JobFailure.class,
            () -> drill(attempt, new RecoveryTarget.RestorePoint("never"), List.of()));

    assertThat(failure.code()).isEqualTo(ErrorCode.TARGET_UNREACHABLE);
    assertThat(attempt.notes()).hasSize(2);
    assertThat(attempt.notes().getFirst()).contains("\"outcome\":\"FAILED\"");
    assertThat(attempt.notes().getLast()).startsWith("DRILL_FACTS {");
  }

  @Test
  @Tag("slow")
  void measuresAgainstTheObjectives() {
    JobFailure failure =
        catchThrowableOfType(
            JobFailure.class,
            () ->
                run(
                    new TestAttempt(),
                    new DrillSpec(
                        new RecoveryTarget.EndOfBackup(),
                        null,
                        false,
                        null,
                        Duration.ofMillis(1),
                        null)));

    assertThat(failure.code()).isEqualTo(ErrorCode.DRILL_FAILED);
    assertThat(failure.getMessage()).contains("s are allowed");
  }

  private static Drilled drill(TestAttempt attempt, Assertion... assertions) {
    return drill(attempt, new RecoveryTarget.Time(second.after(), true), List.of(assertions));
  }

  private static Drilled drill(
      TestAttempt attempt, RecoveryTarget target, List<Assertion> assertions) {
    return run(attempt, new DrillSpec(target, null, true, assertions, null, null));
  }

  private static Drilled run(TestAttempt attempt, DrillSpec spec) {
    return new DrillJob(cluster.rooms(cluster.repositories()))
        .run(
            new JobSpec.Drill(backup.backupId(), ArchivedCluster.NAME, cluster.repository(), spec),
            attempt);
  }
}
