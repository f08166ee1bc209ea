package io.holdfast.worker.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.JobResult.Restored;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.restore.PhysicalRestoreTarget.EndAction;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.worker.failure.JobFailure;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A standby is promoted while the old primary goes on writing for a while: two histories from one
 * backup. The new primary then goes through ten more timelines.
 */
class TimelinesTest {
  private static final Map<Integer, Commit> COMMITS = new TreeMap<>();
  private static ArchivedCluster cluster;
  private static Manifest backup;

  @BeforeAll
  static void start() throws Exception {
    cluster = ArchivedCluster.start(PostgresInstall.newest(), 1, 1);
    backup = cluster.backUp();
    commit(1);
    cluster.archive();
    commit(2);
    cluster.postgres().awaitAllCaughtUp();
    cluster.postgres().promote(0);
    // The old primary does not know yet.
    commit(100);
    cluster.archive();
    commit(101);
    cluster.archive();
    cluster.primary().stop();
    cluster.primaryIs(cluster.postgres().standby(0));
    for (int timeline = 2; timeline <= 11; timeline++) {
      commit(timeline + 1);
      if (timeline < 11) {
        nextTimeline();
      }
    }
    cluster.archive();
  }

  /** As after a failover, with one server less to wait for. */
  private static void nextTimeline() throws Exception {
    var server = cluster.primary();
    server.stop();
    Files.createFile(server.data().resolve("recovery.signal"));
    Files.setOwner(server.data().resolve("recovery.signal"), Files.getOwner(server.data()));
    server.set(Map.of("restore_command", "exit 1"));
    server.start();
    org.awaitility.Awaitility.await()
        .until(() -> server.queryText("select pg_is_in_recovery()").equals("f"));
  }

  private static void commit(int i) throws Exception {
    COMMITS.put(i, cluster.commit(i));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void followsTheNewestTimelineByItself() throws Exception {
    Restored restored = cluster.restore(backup, new RecoveryTarget.Latest());

    assertThat(cluster.ledger(restored)).isEqualTo("1,2,3,4,5,6,7,8,9,10,11,12");
    assertThat(restored.details())
        .containsEntry("timeline", "11")
        .containsEntry("newTimeline", "12");
    assertThat(cluster.stored("0000000B.history")).exists();
  }

  @Test
  void stopsOnATimelineInBetween() throws Exception {
    Restored restored =
        cluster.restore(backup, new RecoveryTarget.Time(COMMITS.get(6).after(), true));

    assertThat(cluster.ledger(restored)).isEqualTo("1,2,3,4,5,6");
    // It stops right before the next commit, which is on the next timeline.
    assertThat(restored.details())
        .containsEntry("timeline", "6")
        .containsEntry("newTimeline", "12");
  }

  @Test
  void stopsBeforeTheSplit() throws Exception {
    Restored restored =
        cluster.restore(
            backup, new RecoveryTarget.Transaction(Long.toString(COMMITS.get(1).xid()), true));

    assertThat(cluster.ledger(restored)).isEqualTo("1");
    assertThat(restored.details()).containsEntry("timeline", "1");
  }

  @Test
  void reachesWhatWasWrittenOnTheOldTimelineAfterTheSplit() throws Exception {
    for (String timeline : new String[] {"1", "current"}) {
      Restored restored =
          cluster.restore(
              backup,
              new RecoveryTarget.Position(COMMITS.get(100).end(), false),
              timeline,
              EndAction.PROMOTE,
              false,
              cluster.repositories());
      assertThat(cluster.ledger(restored)).isEqualTo("1,2,100");
      assertThat(restored.details())
          .containsEntry("timeline", "1")
          .containsEntry("newTimeline", "12");
    }
  }

  @Test
  @Tag("slow")
  void waitsAtATargetInTheMiddleOfTheTimelines() throws Exception {
    Restored restored =
        cluster.restore(
            backup,
            new RecoveryTarget.Time(COMMITS.get(9).after(), true),
            null,
            EndAction.PAUSE,
            false,
            cluster.repositories());

    assertThat(cluster.ledger(restored)).isEqualTo("1,2,3,4,5,6,7,8,9");
    // Whoever promotes it gets a number that the cluster has not used.
    assertThat(cluster.ask(restored, "select pg_promote(true, 60)::text")).isEqualTo("true");
    assertThat(cluster.ask(restored, "select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"))
        .isEqualTo("0000000C");
  }

  @Test
  @Tag("slow")
  void refusesATimelineThatLeftBeforeTheBackup() throws Exception {
    Manifest late = cluster.backUp();
    cluster.archive();
    assertThatThrownBy(
            () ->
                cluster.restore(
                    late,
                    new RecoveryTarget.Latest(),
                    "5",
                    EndAction.PROMOTE,
                    false,
                    cluster.repositories()))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(ErrorCode.TARGET_UNREACHABLE);
              assertThat(failure.getMessage()).contains("timeline 5 does not go through");
            });
  }
}
