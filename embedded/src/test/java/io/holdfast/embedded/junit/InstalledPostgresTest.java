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

  @Test
  void runsWhereTheMajorOrALaterOneIsInstalled() {
    assertThat(evaluate(16, "postgres", null).isDisabled()).isFalse();
    assertThat(evaluate(17, "postgres", "17 18").isDisabled()).isFalse();
  }

  @Test
  void saysHowToPrepareWhatIsNotInstalled() {
    ConditionEvaluationResult result = evaluate(18, "postgres", null);

    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason())
        .hasValue(
            "no PostgreSQL 18 or later with its postgres is installed: 'tools/postgresql 18"
                + " <folder>' prepares one, and HOLDFAST_POSTGRES_DIRECTORIES=<folder> shows it to"
                + " the tests; './dev test --all' does both");
    assertThat(evaluate(18, "postgres", "17").isDisabled()).isTrue();
    assertThat(evaluate(18, "postgres", "").isDisabled()).isTrue();
  }

  @Test
  void failsWhereWhatWasPreparedIsNotThere() {
    assertThatThrownBy(() -> evaluate(18, "postgres", "17 18"))
        .hasMessageContaining("although HOLDFAST_POSTGRES_PREPARED has 17 18");
    assertThatThrownBy(() -> evaluate(17, "pg_combinebackup", "17"))
        .hasMessageContaining("with its pg_combinebackup");
  }

  private ConditionEvaluationResult evaluate(int major, String program, String prepared) {
    return InstalledPostgres.evaluate(major, program, installed, prepared);
  }
}
