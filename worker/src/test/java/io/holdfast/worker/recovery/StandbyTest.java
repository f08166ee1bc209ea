package io.holdfast.worker.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.JobResult.Restored;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.restore.PhysicalRestoreTarget.EndAction;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.worker.failure.JobFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StandbyTest {
  private ArchivedCluster cluster;
  private Manifest backup;

  @BeforeEach
  void start() throws Exception {
    cluster = ArchivedCluster.start(PostgresInstall.newest(), 0, 16);
    backup = cluster.backUp();
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void streamsFromThePrimaryThroughItsSlotBeforeItIsCalledDone() throws Exception {
    // Nothing in the copy's own files says so: it stood on the command line, as it were.
    cluster.primary().execute("alter system set max_connections = 61");
    cluster.primary().stop();
    cluster.primary().start();
    cluster.primary().execute("alter system reset max_connections");
    backup = cluster.backUp();
    Restored restored = restore("copy_slot");
    Path data = Path.of(restored.details().get("directory"));
    PostgresServer primary = cluster.primary();
    try {
      assertThat(
              primary.queryText(
                  "select active::text from pg_replication_slots where slot_name = 'copy_slot'"))
          .isEqualTo("true");
      var unused = cluster.commit(7);
      Awaitility.await()
          .until(
              () ->
                  primary
                      .queryText(
                          "select replay_lsn >= pg_current_wal_lsn() from pg_stat_replication"
                              + " where application_name = 'copy-1'")
                      .equals("t"));
      Path passwords = data.resolveSibling(".copy-1.pgpass");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(passwords)))
          .isEqualTo("rw-------");
      assertThat(Files.getOwner(passwords)).isEqualTo(Files.getOwner(data));
      String password = cluster.postgres().backupLogin().password();
      assertThat(Files.readString(passwords)).contains(password);
      assertThat(restored.toString()).doesNotContain(password);
      assertThat(Files.readString(data.resolve("holdfast-quarantine.conf")))
          .contains("primary_conninfo", "archive_mode = off")
          .doesNotContain(password);
    } finally {
      ArchivedCluster.stopServer(data);
    }
  }

  private Restored restore(String slot) {
    return cluster.restore(
        backup,
        new RecoveryTarget.Standby(cluster.spec(), slot),
        null,
        EndAction.PROMOTE,
        true,
        cluster.repositories());
  }

  @Test
  void isRefusedWithoutAPrimary() {
    cluster.primary().stop();

    JobFailure failure = catchThrowableOfType(JobFailure.class, () -> restore(null));

    assertThat(failure.code()).isEqualTo(ErrorCode.NO_ELIGIBLE_NODE);
    assertThat(cluster.lastCopy()).doesNotExist();
  }
}
