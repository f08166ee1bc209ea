package io.holdfast.worker.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.junit.RequiresPostgres;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.backup.PhysicalSourceSpec.Otherwise;
import io.holdfast.model.job.JobResult.BackedUp;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.attempt.TestAttempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a server that takes incremental backups cannot give now says why. */
@ParameterizedClass(name = "{0}")
@RequiresPostgres(value = 17, program = "pg_combinebackup")
@MethodSource("io.holdfast.embedded.postgres.PostgresInstall#allIncremental")
class IncrementalServerTest {
  private static Stage stage;
  private static BackupId full;

  IncrementalServerTest(PostgresInstall install) {
    assertThat(install.incremental()).isTrue();
  }

  @BeforeParameterizedClassInvocation
  static void start(PostgresInstall install) {
    stage = new Stage(install, 2);
    stage.postgres.primary().execute("CREATE TABLE t AS SELECT generate_series(1, 10000) AS i");
    full = stage.backUp(null);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    stage.close();
  }

  @Test
  void aServerThatDoesNotSummarizeIsTold() {
    PostgresServer primary = stage.postgres.primary();
    summarize(primary, "off");
    try {
      stage.assertRefused(
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

    stage.assertRefused(
        parent,
        ErrorCode.INVALID_SELECTION,
        "an incremental backup cannot be taken: node 'pg-1' says: WAL summaries are required");
  }

  private static String stopOf(BackupId id) throws IOException {
    return Wire.read(Files.readAllBytes(stage.backup(id).resolve("manifest.json")), Manifest.class)
        .wal()
        .stopLsn()
        .toString();
  }

  @Test
  void aFailoverIsFollowedForwardsAndNotBackwards() {
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
          false);

      stage.nodes(stage.postgres.primary());
      stage.assertRefused(
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
    stage.nodes(stage.postgres.standby(1), stage.postgres.primary());
    try {
      stage.postgres.primary().execute("CREATE TABLE u AS SELECT generate_series(1, 100) AS i");
      stage.postgres.awaitCaughtUp(1);
      BackupId parent = stage.backUp(null);

      stage.assertRefused(
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
}
