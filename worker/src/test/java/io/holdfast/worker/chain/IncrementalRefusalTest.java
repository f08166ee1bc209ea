package io.holdfast.worker.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.model.BackupId;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.model.backup.PhysicalSourceSpec.Otherwise;
import io.holdfast.model.job.JobResult.BackedUp;
import io.holdfast.model.job.JobSpec.SizeBand;
import io.holdfast.worker.attempt.TestAttempt;
import io.holdfast.worker.failure.JobFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot be incremental says why, or becomes a full backup that says why. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.holdfast.embedded.postgres.PostgresInstall#all")
class IncrementalRefusalTest {
  private static Stage stage;
  private static BackupId full;

  private final PostgresInstall install;

  IncrementalRefusalTest(PostgresInstall install) {
    this.install = install;
  }

  @BeforeParameterizedClassInvocation
  static void start(PostgresInstall install) {
    stage = new Stage(install, install.major() >= 17 ? 2 : 0);
    stage.postgres.primary().execute("CREATE TABLE t AS SELECT generate_series(1, 10000) AS i");
    full = stage.backUp(null);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    stage.close();
  }

  @Test
  void aServerThatIsTooOldIsToldByItsMajor() {
    assumeTrue(install.major() < 17);

    assertRefused(
        full,
        ErrorCode.INVALID_SELECTION,
        "an incremental backup cannot be taken: incremental backups need PostgreSQL 17 or later,"
            + " and this is "
            + install.major());
  }

  @Test
  void aServerThatDoesNotSummarizeIsTold() {
    assumeTrue(install.major() >= 17, "summarize_wal came with PostgreSQL 17");
    PostgresServer primary = stage.postgres.primary();
    summarize(primary, "off");
    try {
      assertRefused(
          full,
          ErrorCode.INVALID_SELECTION,
          "an incremental backup cannot be taken: summarize_wal is off on node 'pg-1', so that"
              + " nothing tells which pages changed");
    } finally {
      summarize(primary, "on");
    }
  }

  private static void summarize(PostgresServer server, String value) {
    server.execute("ALTER SYSTEM SET summarize_wal = " + value, "SELECT pg_reload_conf()");
    Awaitility.await().until(() -> server.queryText("SHOW summarize_wal").equals(value));
  }

  @Test
  void summariesThatAreGoneAreToldInTheServersWords() throws IOException {
    assumeTrue(install.major() >= 17, "summaries came with PostgreSQL 17");
    PostgresServer primary = stage.postgres.primary();
    BackupId parent = stage.backUp(null);
    primary.execute("INSERT INTO t SELECT generate_series(1, 1000)", "CHECKPOINT");
    Awaitility.await()
        .until(
            () ->
                primary
                    .queryText(
                        "SELECT summarized_lsn > '"
                            + stopOf(parent)
                            + "' FROM pg_get_wal_summarizer_state()")
                    .equals("t"));
    try (Stream<Path> summaries = Files.list(primary.data().resolve("pg_wal/summaries"))) {
      for (Path summary : summaries.filter(f -> f.toString().endsWith(".summary")).toList()) {
        Files.delete(summary);
      }
    }

    assertRefused(
        parent,
        ErrorCode.INVALID_SELECTION,
        "an incremental backup cannot be taken: node 'pg-1' says: WAL summaries are required");
  }

  private static String stopOf(BackupId id) throws IOException {
    return io.holdfast.model.wire.Wire.read(
            Files.readAllBytes(stage.backup(id).resolve("manifest.json")),
            io.holdfast.model.manifest.Manifest.class)
        .wal()
        .stopLsn()
        .toString();
  }

  @Test
  void aParentThatDoesNotExistIsNamed() {
    BackupId nobody = BackupId.next(Clock.systemUTC());

    assertRefused(
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

    assertRefused(
        parent,
        ErrorCode.ARTIFACT_DAMAGED,
        "nothing can build on backup " + parent + ": its object ");
  }

  @Test
  void aParentThatWasChangedIsNamed() throws IOException {
    BackupId parent = stage.backUp(null);
    Path manifest = stage.backup(parent).resolve("manifest.json");
    Files.writeString(manifest, Files.readString(manifest) + " ");

    assertRefused(parent, ErrorCode.MANIFEST_UNREADABLE, "cannot read 'clusters/orders/backups/");
  }

  @Test
  void aParentOfAnotherSystemIsNamed() {
    BackupId parent = stage.backUp(null);
    stage.forge(
        parent,
        manifest ->
            manifest.replaceFirst(
                "\"systemIdentifier\" : \"[0-9]+\"", "\"systemIdentifier\" : \"4711\""));

    assertRefused(
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

    assertRefused(
        parent,
        ErrorCode.INVALID_SELECTION,
        "nothing can build on backup " + parent + ": it is a logical one");
  }

  @Test
  void aFailoverIsFollowedForwardsAndNotBackwards() {
    assumeTrue(install.major() >= 17, "incremental backups came with PostgreSQL 17");
    BackupId before = stage.backUp(null);
    PostgresServer promoted = stage.postgres.standby(0);
    stage.postgres.primary().execute("INSERT INTO t SELECT generate_series(1, 1000)", "CHECKPOINT");
    stage.postgres.awaitAllCaughtUp();
    stage.postgres.promote(0);
    promoted.execute("INSERT INTO t SELECT generate_series(1, 1000)");
    stage.nodes(promoted);
    try {
      BackedUp after = stage.backUp(new TestAttempt(), before, Otherwise.FAIL);
      assertThat(after.manifest().wal().timeline()).isEqualTo(2);
      stage.restore(
          after.manifest().backupId(),
          "after",
          Map.of(
              after.manifest().tablespaces().getFirst().location(),
              stage.target("after-space").toString()),
          !Stage.incremental(install));

      stage.nodes(stage.postgres.primary());
      assertRefused(
          after.manifest().backupId(),
          ErrorCode.INVALID_SELECTION,
          "an incremental backup cannot be taken: node 'pg-1' says: timeline 2 found in manifest,"
              + " but not in this server's history");
    } finally {
      stage.nodes(stage.postgres.primary());
    }
  }

  @Test
  void aStandbyThatHasSeenNoCheckpointSinceIsToldAndOneThatHasGivesIt() {
    assumeTrue(install.major() >= 17, "incremental backups came with PostgreSQL 17");
    stage.nodes(stage.postgres.standby(1), stage.postgres.primary());
    try {
      stage.postgres.primary().execute("CREATE TABLE u AS SELECT generate_series(1, 100) AS i");
      stage.postgres.awaitCaughtUp(1);
      BackupId parent = stage.backUp(null);

      assertRefused(
          parent,
          ErrorCode.INVALID_SELECTION,
          "an incremental backup cannot be taken: node 'pg-1' says: manifest requires WAL");

      stage.postgres.primary().execute("INSERT INTO u SELECT generate_series(1, 23)", "CHECKPOINT");
      stage.postgres.awaitCaughtUp(1);
      BackedUp incremental = stage.backUp(new TestAttempt(), parent, Otherwise.FAIL);

      assertThat(incremental.manifest().parent()).isEqualTo(parent);
    } finally {
      stage.nodes(stage.postgres.primary());
    }
  }

  /** Refused as told, with nothing left; and a full one where the request prefers that. */
  private void assertRefused(BackupId parent, ErrorCode code, String beginning) {
    assertThatThrownBy(() -> stage.backUp(new TestAttempt(), parent, Otherwise.FAIL))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> {
              assertThat(failure).hasMessageStartingWith(beginning);
              assertThat(failure.code()).isEqualTo(code);
            });

    TestAttempt attempt = new TestAttempt();
    BackedUp instead =
        stage.backUp(
            attempt, parent, Otherwise.FULL, CompressionSpec.zstd(), new SizeBand(1, 1000));

    assertThat(instead.manifest().parent()).isNull();
    assertThat(instead.manifest().parentManifestSha256()).isNull();
    assertThat(instead.suspectBecause()).as("the band is of incremental ones").isNull();
    assertThat(attempt.notes())
        .filteredOn(note -> note.startsWith("FULL_INSTEAD"))
        .singleElement()
        .asString()
        .startsWith("FULL_INSTEAD a full backup is taken instead: " + beginning);
  }
}
