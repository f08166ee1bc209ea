package io.holdfast.worker.chain;

import io.holdfast.embedded.junit.RequiresPostgres;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every major that is too old for incremental backups and installed. */
class OlderServerTest {
  @ParameterizedTest
  @RequiresPostgres(before = PostgresInstall.FIRST_INCREMENTAL)
  @MethodSource("io.holdfast.embedded.postgres.PostgresInstall#allBeforeIncremental")
  void isToldThatItIsTooOldByItsMajor(PostgresInstall install) {
    try (Stage stage = new Stage(install, 0)) {
      BackupId full = stage.backUp(null);

      stage.assertRefused(
          full,
          ErrorCode.INVALID_SELECTION,
          "an incremental backup cannot be taken: incremental backups need PostgreSQL 17 or later,"
              + " and this is "
              + install.major());
    }
  }
}
