package io.holdfast.worker.chain;

import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.model.BackupId;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.worker.attempt.TestAttempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What nothing can build on says why, or becomes a full backup that says why. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.holdfast.embedded.postgres.PostgresInstall#all")
class IncrementalRefusalTest {
  private static Stage stage;

  /** JUnit gives it to {@link #start} only where the class takes it, too. */
  @Parameter PostgresInstall install;

  @BeforeParameterizedClassInvocation
  static void start(PostgresInstall install) {
    stage = new Stage(install, 0);
    stage.postgres.primary().execute("CREATE TABLE t AS SELECT generate_series(1, 10000) AS i");
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    stage.close();
  }

  @Test
  void aParentThatDoesNotExistIsNamed() {
    BackupId nobody = BackupId.next(Clock.systemUTC());

    stage.assertRefused(
        nobody,
        ErrorCode.BACKUP_NOT_FOUND,
        "the repository has no backup " + nobody + " of cluster 'orders'");
  }

  @Test
  void aParentThatLacksAnObjectIsNamed() throws IOException {
    BackupId parent = stage.backUp(null);
    try (Stream<Path> files = Files.walk(stage.backup(parent))) {
      Files.delete(
          files.filter(f -> f.getFileName().toString().startsWith("base.tar")).findFirst().get());
    }

    stage.assertRefused(
        parent,
        ErrorCode.ARTIFACT_DAMAGED,
        "nothing can build on backup " + parent + ": its object ");
  }

  @Test
  void aParentThatWasChangedIsNamed() throws IOException {
    BackupId parent = stage.backUp(null);
    Path manifest = stage.backup(parent).resolve("manifest.json");
    Files.writeString(manifest, Files.readString(manifest) + " ");

    stage.assertRefused(
        parent, ErrorCode.MANIFEST_UNREADABLE, "cannot read 'clusters/orders/backups/");
  }

  @Test
  void aParentOfAnotherSystemIsNamed() {
    BackupId parent = stage.backUp(null);
    stage.forge(
        parent,
        manifest ->
            manifest.replaceFirst(
                "\"systemIdentifier\" : \"[0-9]+\"", "\"systemIdentifier\" : \"4711\""));

    stage.assertRefused(
        parent,
        ErrorCode.INVALID_SELECTION,
        "nothing can build on backup " + parent + ": it is of system 4711, and node 'pg-1' is of ");
  }

  @Test
  void aLogicalParentIsNamed() {
    BackupId parent =
        stage
            .backUp(
                new TestAttempt(),
                new LogicalSourceSpec(null, null, null, null, null, null, null, null, 0, null),
                CompressionSpec.zstd(),
                null)
            .manifest()
            .backupId();

    stage.assertRefused(
        parent,
        ErrorCode.INVALID_SELECTION,
        "nothing can build on backup " + parent + ": it is a logical one");
  }
}
