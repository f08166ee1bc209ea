package io.holdfast.worker.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.worker.recovery.MoneyMoves.Judgement;
import io.holdfast.worker.recovery.MoneyMoves.Moved;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Recoveries to random moments, positions, transactions and restore points, each judged by {@link
 * MoneyMoves}.
 */
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
      List<Judgement> judgements = new ArrayList<>();
      for (int recovery = 0; recovery < RECOVERIES; recovery++) {
        Moved at = after.get(random.nextInt(after.size()));
        RecoveryTarget target = MoneyMoves.target(recovery, at);
        Judgement judgement = moves.judge(cluster.restore(backup, target), target, at);

        assertThat(judgement.missing()).as("missing at %s", target).isEmpty();
        assertThat(judgement.tooMany()).as("from behind %s", target).isEmpty();
        assertThat(judgement.itself()).as("%s at %s", at, target).isTrue();
        assertThat(judgement.money()).as("at %s", target).isEqualTo(MoneyMoves.MONEY);
        judgements.add(judgement);
      }

      assertThat(judgements)
          .hasSize(RECOVERIES)
          .allSatisfy(
              judgement ->
                  assertThat(judgement.before() + judgement.behind())
                      .as("nearly every commit is judged")
                      .isGreaterThan(moves.count() * 9 / 10));
    }
  }
}
