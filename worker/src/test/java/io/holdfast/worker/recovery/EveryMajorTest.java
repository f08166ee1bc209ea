package io.holdfast.worker.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.model.job.JobResult.Restored;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.restore.PhysicalRestoreTarget.EndAction;
import io.holdfast.model.restore.RecoveryTarget;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same on every major that is installed, with the largest segments that anybody uses. */
@Tag("slow")
class EveryMajorTest {
  @ParameterizedTest
  @MethodSource("io.holdfast.embedded.postgres.PostgresInstall#all")
  void recoversAndWaitsAlthoughTheSourceWasGivenMoreConnectionsMeanwhile(PostgresInstall install)
      throws Exception {
    try (ArchivedCluster cluster = ArchivedCluster.start(install, 0, 64)) {
      Manifest backup = cluster.backUp();
      Commit first = cluster.commit(1);
      cluster.primary().stop();
      cluster
          .primary()
          .set(
              Map.of(
                  "max_connections", "53",
                  "max_worker_processes", "17",
                  "max_prepared_transactions", "3",
                  "max_locks_per_transaction", "77",
                  "max_wal_senders", "23"));
      cluster.primary().start();
      Commit second = cluster.commit(2);
      cluster.archive();
      Commit third = cluster.commit(3);
      cluster.primary().execute("checkpoint");
      cluster.archive();
      assertThat(ControlFile.read(cluster.primary().data()).parameters())
          .containsExactly(
              Map.entry("max_connections", 53),
              Map.entry("max_worker_processes", 17),
              Map.entry("max_wal_senders", 23),
              Map.entry("max_prepared_transactions", 3),
              Map.entry("max_locks_per_transaction", 77));

      Restored early = cluster.restore(backup, new RecoveryTarget.Position(first.end(), false));
      Restored moment = cluster.restore(backup, new RecoveryTarget.Time(second.after(), true));
      Restored paused =
          cluster.restore(
              backup,
              new RecoveryTarget.Transaction(Long.toString(third.xid()), true),
              null,
              EndAction.PAUSE,
              false,
              cluster.repositories());

      assertThat(cluster.ledger(early)).isEqualTo("1");
      assertThat(cluster.ledger(moment)).isEqualTo("1,2");
      assertThat(cluster.ledger(paused)).isEqualTo("1,2,3");
      assertThat(
              cluster.ask(paused, "select pg_is_in_recovery() || ' ' || pg_last_wal_replay_lsn()"))
          .isEqualTo("true " + paused.details().get("reachedLsn"));
    }
  }
}
