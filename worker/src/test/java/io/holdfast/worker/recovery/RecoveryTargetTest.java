package io.holdfast.worker.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.postgres.Login;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.Lsn;
import io.holdfast.model.job.JobResult.Restored;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.restore.PhysicalRestoreTarget.EndAction;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.worker.failure.JobFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** A ledger of six rows, each a commit of its own, archived in four segments after the backup. */
class RecoveryTargetTest {
  private static final List<Commit> COMMITS = new ArrayList<>();
  private static ArchivedCluster cluster;
  private static Manifest backup;

  @BeforeAll
  static void start() throws Exception {
    cluster = ArchivedCluster.start(PostgresInstall.newest(), 0, 16);
    backup = cluster.backUp();
    for (int i = 1; i <= 6; i++) {
      COMMITS.add(cluster.commit(i));
      cluster.primary().execute("select pg_create_restore_point('after " + i + "')");
      if (i % 2 == 0) {
        cluster.primary().execute("checkpoint");
        cluster.archive();
      }
    }
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static Commit commit(int i) {
    return COMMITS.get(i - 1);
  }

  @Test
  void stopsAtTheLastCommitBeforeAMoment() throws Exception {
    Restored restored = cluster.restore(backup, new RecoveryTarget.Time(commit(3).after(), true));

    assertThat(cluster.ledger(restored)).isEqualTo("1,2,3");
    assertThat(restored.details())
        .containsKeys("reachedLsn", "recoverySeconds", "segmentsFetched", "recoveryTarget")
        .containsEntry("timeline", "1")
        .containsEntry("newTimeline", "2");
    assertThat(Instant.parse(restored.details().get("reachedTime"))).isBefore(commit(3).after());
  }

  @Test
  @Tag("slow")
  void keepsACommitAtExactlyTheMomentOnlyWhenThatIsIncluded() throws Exception {
    Restored found = cluster.restore(backup, new RecoveryTarget.Time(commit(4).after(), true));
    Instant exactly = Instant.parse(found.details().get("reachedTime"));

    assertThat(cluster.ledger(cluster.restore(backup, new RecoveryTarget.Time(exactly, true))))
        .isEqualTo("1,2,3,4");
    assertThat(cluster.ledger(cluster.restore(backup, new RecoveryTarget.Time(exactly, false))))
        .isEqualTo("1,2,3");
  }

  @Test
  void stopsAtAPosition() throws Exception {
    Restored before = cluster.restore(backup, new RecoveryTarget.Position(commit(3).end(), false));

    assertThat(cluster.ledger(before)).isEqualTo("1,2,3");
    assertThat(before.details()).containsEntry("reachedLsn", commit(3).end().toString());
    // What begins there is the restore point.
    Restored with = cluster.restore(backup, new RecoveryTarget.Position(commit(3).end(), true));
    assertThat(cluster.ledger(with)).isEqualTo("1,2,3");
    assertThat(Lsn.parse(with.details().get("reachedLsn"))).isGreaterThan(commit(3).end());
  }

  @Test
  void stopsAtATransaction() throws Exception {
    String xid = Long.toString(commit(5).xid());

    assertThat(cluster.ledger(cluster.restore(backup, new RecoveryTarget.Transaction(xid, true))))
        .isEqualTo("1,2,3,4,5");
    assertThat(cluster.ledger(cluster.restore(backup, new RecoveryTarget.Transaction(xid, false))))
        .isEqualTo("1,2,3,4");
  }

  @Test
  void stopsAtANamedPoint() throws Exception {
    assertThat(cluster.ledger(cluster.restore(backup, new RecoveryTarget.RestorePoint("after 2"))))
        .isEqualTo("1,2");
  }

  @Test
  void stopsAsSoonAsItIsConsistent() throws Exception {
    Restored restored = cluster.restore(backup, new RecoveryTarget.Immediate());

    assertThat(cluster.ledger(restored)).isEmpty();
    assertThat(restored.details()).containsEntry("newTimeline", "2");
  }

  @Test
  void goesToTheEndOfTheArchive() throws Exception {
    Restored restored = cluster.restore(backup, new RecoveryTarget.Latest());

    assertThat(cluster.ledger(restored)).isEqualTo("1,2,3,4,5,6");
    assertThat(
            cluster.ask(
                restored,
                "select string_agg(name || '=' || setting, ' ' order by name) from pg_settings"
                    + " where name in ('restore_command', 'recovery_target_lsn', 'archive_mode')"))
        .isEqualTo("archive_mode=off recovery_target_lsn= restore_command=");
    assertThat(Path.of(restored.details().get("directory")))
        .satisfies(
            data -> {
              assertThat(data.resolve("recovery.signal")).doesNotExist();
              assertThat(data.resolve("standby.signal")).doesNotExist();
            });
  }

  @Test
  void takesTheLastCommitOfAQuietDatabaseForTheRightAnswer() throws Exception {
    // Nothing was written since: the primary itself says so.
    Instant quiet =
        Instant.parse(
            cluster
                .primary()
                .queryText(
                    "select to_char(clock_timestamp() at time zone 'utc',"
                        + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"));

    Restored restored = cluster.restore(backup, new RecoveryTarget.Time(quiet, true));

    assertThat(cluster.ledger(restored)).isEqualTo("1,2,3,4,5,6");
  }

  @Test
  void waitsReadOnlyAtTheTargetWhenItIsToPause() throws Exception {
    Restored restored =
        cluster.restore(
            backup,
            new RecoveryTarget.Time(commit(3).after(), true),
            null,
            EndAction.PAUSE,
            false,
            cluster.repositories());

    assertThat(cluster.ledger(restored)).isEqualTo("1,2,3");
    // A second start ends up at the same point, still without an archive.
    assertThat(
            cluster.ask(
                restored,
                "select pg_is_in_recovery() || ' ' || pg_last_wal_replay_lsn() || ' '"
                    + " || (select max(i) from ledger)"))
        .isEqualTo("true " + restored.details().get("reachedLsn") + " 3");
  }

  @Test
  @Tag("slow")
  void isLeftRunningReadOnlyWhenItIsToPauseAndStart() throws Exception {
    Restored restored =
        cluster.restore(
            backup,
            new RecoveryTarget.RestorePoint("after 4"),
            null,
            EndAction.PAUSE,
            true,
            cluster.repositories());

    Path data = Path.of(restored.details().get("directory"));
    Login login = cluster.postgres().superuser();
    PGSimpleDataSource running = new PGSimpleDataSource();
    running.setPortNumbers(new int[] {Integer.parseInt(restored.details().get("port"))});
    running.setUser(login.username());
    running.setPassword(login.password());
    running.setDatabaseName("postgres");
    try (Connection connection = running.getConnection();
        ResultSet row =
            connection
                .createStatement()
                .executeQuery("select max(i) || ' ' || pg_is_in_recovery() from ledger")) {
      row.next();
      assertThat(row.getString(1)).isEqualTo("4 true");
    } finally {
      ArchivedCluster.stopServer(data);
    }
  }

  @Test
  void canBePromotedLaterWhenItWasShutDownAtTheTarget() throws Exception {
    Restored restored =
        cluster.restore(
            backup,
            new RecoveryTarget.Latest(),
            null,
            EndAction.SHUTDOWN,
            false,
            cluster.repositories());

    assertThat(cluster.ask(restored, "select pg_promote(true, 60)::text")).isEqualTo("true");
    assertThat(cluster.ledger(restored)).isEqualTo("1,2,3,4,5,6");
    assertThat(cluster.ask(restored, "select pg_is_in_recovery()::text")).isEqualTo("false");
  }

  @Test
  void refusesWhatCannotBeReachedBeforeItWritesAnything() {
    Lsn beyond = new Lsn(commit(6).end().address() + (1L << 30));
    for (RecoveryTarget target :
        List.of(
            new RecoveryTarget.Position(beyond, true),
            new RecoveryTarget.Position(new Lsn(1), true),
            new RecoveryTarget.Transaction("4000000", true),
            new RecoveryTarget.RestorePoint("never"),
            new RecoveryTarget.Time(Instant.parse("2001-01-01T00:00:00Z"), true),
            new RecoveryTarget.Time(Instant.parse("2101-01-01T00:00:00Z"), true))) {
      Path untouched = cluster.nextCopy().resolveSibling("none");
      assertThatThrownBy(() -> cluster.restore(backup, target))
          .isInstanceOfSatisfying(
              JobFailure.class,
              failure -> {
                assertThat(failure.code()).isEqualTo(ErrorCode.TARGET_UNREACHABLE);
                assertThat(failure.hint()).matches(".*[0-9A-F]+/[0-9A-F]+.*");
              });
      assertThat(Files.exists(untouched)).isFalse();
    }
  }

  @Test
  void refusesATimelineThatDoesNotExist() {
    assertThatThrownBy(
            () ->
                cluster.restore(
                    backup,
                    new RecoveryTarget.Latest(),
                    "7",
                    EndAction.PROMOTE,
                    false,
                    cluster.repositories()))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure ->
                assertThat(failure.getMessage())
                    .isEqualTo("the archive has no history of timeline 7"));
  }
}
