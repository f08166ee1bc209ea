package io.holdfast.embedded.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.postgres.PostgresInstall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.io.TempDir;

class InstalledPostgresTest {
  @TempDir private Path bin;
  private List<PostgresInstall> installed;

  @BeforeEach
  void install() throws IOException {
    Files.createFile(
        bin.resolve("postgres"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    installed = List.of(new PostgresInstall(17, bin));
  }

  @RequiresPostgres(16)
  private static class Later {}

  @RequiresPostgres(17)
  private static class Same {}

  @RequiresPostgres(18)
  private static class TooLate {}

  @RequiresPostgres(value = 17, program = "pg_combinebackup")
  private static class Incremental {}

  @RequiresPostgres(program = "pg_waldump")
  private static class Whole {}

  @RequiresPostgres(before = 17)
  private static class Older {}

  @RequiresPostgres(before = 18)
  private static class Before {}

  @Test
  void runsWhereSuchAMajorIsInstalled() {
    assertThat(evaluate(Later.class, null).isDisabled()).isFalse();
    assertThat(evaluate(Same.class, "17 18").isDisabled()).isFalse();
    assertThat(evaluate(Before.class, "17 18").isDisabled()).isFalse();
  }

  @Test
  void saysHowToPrepareWhatIsNotInstalled() {
    ConditionEvaluationResult result = evaluate(TooLate.class, null);

    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason())
        .hasValue(
            "no PostgreSQL 18 or later with its postgres is installed: 'tools/postgresql 18"
                + " <folder>' prepares one, and HOLDFAST_POSTGRES_DIRECTORIES=<folder> shows it to"
                + " the tests; './dev test --all' does both");
    assertThat(evaluate(TooLate.class, "17").isDisabled()).isTrue();
    assertThat(evaluate(TooLate.class, "").isDisabled()).isTrue();
  }

  @Test
  void saysThatAnOlderOneIsNotPreparedButShown() {
    ConditionEvaluationResult result = evaluate(Older.class, "17 18");

    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason())
        .hasValue(
            "no PostgreSQL before 17 with its postgres is installed:"
                + " HOLDFAST_POSTGRES_DIRECTORIES=<folder> shows the tests a <folder>/<major>/bin"
                + " that Debian's packages are not");
  }

  @Test
  void saysWhichProgramIsMissingOfAnyMajor() {
    assertThat(evaluate(Whole.class, null).getReason().orElseThrow())
        .startsWith(
            "no PostgreSQL with its pg_waldump is installed: 'tools/postgresql 17 <folder>'");
  }

  @Test
  void failsWhereWhatWasPreparedIsNotThere() {
    assertThatThrownBy(() -> evaluate(TooLate.class, "17 18"))
        .hasMessageContaining("although HOLDFAST_POSTGRES_PREPARED has 17 18");
    assertThatThrownBy(() -> evaluate(Incremental.class, "17"))
        .hasMessageContaining("with its pg_combinebackup");
  }

  private ConditionEvaluationResult evaluate(Class<?> test, String prepared) {
    return InstalledPostgres.evaluate(
        test.getAnnotation(RequiresPostgres.class), installed, prepared);
  }
}
