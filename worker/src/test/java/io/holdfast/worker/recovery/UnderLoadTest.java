package io.holdfast.worker.recovery;

import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.worker.recovery.MoneyMoves.Moved;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Recoveries to random moments, positions and transactions, each judged by {@link MoneyMoves}. */
@Tag("slow")
class UnderLoadTest {
  private static final int RECOVERIES = Integer.getInteger("holdfast.tests.recoveries", 9);
  private static final long SEED = Long.getLong("holdfast.tests.seed", 7);

  @Test
  void keepsEveryAcknowledgedCommitBeforeTheTargetAndNoneAfter() throws Exception {
    try (ArchivedCluster cluster = ArchivedCluster.start(PostgresInstall.newest(), 0, 1);
        MoneyMoves moves = MoneyMoves.begin(cluster, SEED)) {
      Manifest backup = cluster.backUp();
      moves.awaitMore(4000);
      moves.stop();
      cluster.archive();

      Random random = new Random(SEED);
      List<Moved> after = moves.after(backup);
      for (int recovery = 0; recovery < RECOVERIES; recovery++) {
        Moved at = after.get(random.nextInt(after.size()));
        RecoveryTarget target = MoneyMoves.target(recovery, at);
        moves.judge(cluster.restore(backup, target), target, at);
      }
    }
  }
}
