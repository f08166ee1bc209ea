package io.holdfast.worker.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Account;
import io.holdfast.embedded.process.Command;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.drill.DrillSpec;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.worker.attempt.TestAttempt;
import io.holdfast.worker.drill.DrillJob;
import io.holdfast.worker.failure.JobFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An index that lies, with checksums that fit: only who walks the tree finds out. */
class DamagedIndexTest {
  private static final int FIRST_KEY = 1_000_000_000;
  private static final int WRONG_KEY = FIRST_KEY + 500;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @Test
  void isFoundByTheDrillAndNamed() throws Exception {
    try (ArchivedCluster cluster = ArchivedCluster.start(PostgresInstall.newest(), 0, 16)) {
      PostgresServer primary = cluster.primary();
      primary.execute(
          "create table entry as select i as key from generate_series("
              + FIRST_KEY
              + ", "
              + (FIRST_KEY + 999)
              + ") i",
          "create index lying on entry (key)",
          "create index honest on entry ((-key))");
      Path index =
          primary.data().resolve(primary.queryText("select pg_relation_filepath('lying')"));
      primary.stop();
      lie(index);
      makeChecksumsFit(primary);
      primary.start();
      Manifest backup = cluster.backUp();
      TestAttempt attempt = new TestAttempt();

      JobFailure failure =
          catchThrowableOfType(JobFailure.class, () -> drill(cluster, backup, attempt));

      assertThat(failure.code()).isEqualTo(ErrorCode.DRILL_FAILED);
      assertThat(failure.getMessage()).startsWith("1 of ");
      assertThat(String.join("\n", attempt.notes()))
          .contains("B-tree indexes are damaged: public.lying.")
          .doesNotContain("public.honest");
    }
  }

  /** One key of a leaf becomes smaller than all that stand before it. */
  private static void lie(Path index) throws IOException {
    byte[] pages = Files.readAllBytes(index);
    ByteBuffer keys = ByteBuffer.wrap(pages).order(ByteOrder.nativeOrder());
    int changed = 0;
    for (int at = 0; at + Integer.BYTES <= pages.length; at += Integer.BYTES) {
      if (keys.getInt(at) == WRONG_KEY) {
        keys.putInt(at, 1);
        changed++;
      }
    }
    assertThat(changed).isPositive();
    Files.write(index, pages);
  }

  private static void makeChecksumsFit(PostgresServer stopped) {
    for (String verb : List.of("--disable", "--enable")) {
      String unused =
          Command.of(stopped.install().program("pg_checksums"), verb, "-D", stopped.data() + "")
              .as(Account.forPostgres())
              .run(PATIENCE);
    }
  }

  private static void drill(ArchivedCluster cluster, Manifest backup, TestAttempt attempt) {
    var unused =
        new DrillJob(cluster.rooms(cluster.repositories()))
            .run(
                new JobSpec.Drill(
                    backup.backupId(),
                    ArchivedCluster.NAME,
                    cluster.repository(),
                    new DrillSpec(
                        new RecoveryTarget.EndOfBackup(), null, true, List.of(), null, null)),
                attempt);
  }
}
