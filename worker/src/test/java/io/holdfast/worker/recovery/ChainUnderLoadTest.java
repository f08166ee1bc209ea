package io.holdfast.worker.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.embedded.junit.RequiresPostgres;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.recovery.MoneyMoves.Judgement;
import io.holdfast.worker.recovery.MoneyMoves.Moved;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A full backup and three incrementals under load, and recovery from the last of them to moments
 * behind it, on every major that can.
 */
@Tag("slow")
class ChainUnderLoadTest {
  private static final long SEED = Long.getLong("holdfast.tests.seed", 7);
  private static final int MORE = 400;

  @ParameterizedTest
  @RequiresPostgres(value = 17, program = "pg_combinebackup")
  @MethodSource("io.holdfast.embedded.postgres.PostgresInstall#allIncremental")
  void recoversToAnyPointBehindItsLastMemberAndNotWithoutOneOfThem(PostgresInstall install)
      throws Exception {
    try (ArchivedCluster cluster = ArchivedCluster.start(install, 0, 16);
        MoneyMoves moves = MoneyMoves.begin(cluster, SEED)) {
      List<Manifest> chain = new ArrayList<>(List.of(cluster.backUp()));
      for (int member = 1; member <= 3; member++) {
        moves.awaitMore(MORE);
        chain.add(cluster.backUp(chain.getLast().backupId()));
      }
      moves.awaitMore(MORE);
      Manifest sibling = cluster.backUp(chain.getFirst().backupId());
      moves.awaitMore(MORE);
      moves.stop();
      cluster.archive();
      Manifest last = chain.getLast();
      assertThat(last.parent()).isEqualTo(chain.get(2).backupId());
      List<Moved> after = moves.after(last);

      for (int kind = 0; kind < 3; kind++) {
        Moved commit = after.get((kind + 1) * after.size() / 4);
        RecoveryTarget each = MoneyMoves.target(kind, commit);
        assertHolds(moves, moves.judge(cluster.restore(last, each), each, commit));
      }

      Moved at = after.get(after.size() * 9 / 10);
      RecoveryTarget target = MoneyMoves.target(1, at);
      Path member = cluster.backup(chain.get(1).backupId());
      Path away = cluster.folder().resolve("away");
      Files.move(member, away);
      assertRefused(cluster, last, target, ErrorCode.BACKUP_NOT_FOUND, chain);
      // Whoever forges the manifest as well meets its digest: IncrementalChainTest.
      Files.move(cluster.backup(sibling.backupId()), member);
      assertRefused(cluster, last, target, ErrorCode.MANIFEST_UNREADABLE, chain);
      Files.move(member, cluster.backup(sibling.backupId()));
      Files.move(away, member);
      assertHolds(moves, moves.judge(cluster.restore(last, target), target, at));
    }
  }

  private static void assertHolds(MoneyMoves moves, Judgement judgement) {
    assertThat(judgement.missing()).isEmpty();
    assertThat(judgement.tooMany()).isEmpty();
    assertThat(judgement.itself()).isTrue();
    assertThat(judgement.money()).isEqualTo(MoneyMoves.MONEY);
    assertThat(judgement.before() + judgement.behind()).isGreaterThan(moves.count() * 9 / 10);
  }

  private static void assertRefused(
      ArchivedCluster cluster,
      Manifest last,
      RecoveryTarget target,
      ErrorCode code,
      List<Manifest> chain) {
    JobFailure failure =
        catchThrowableOfType(JobFailure.class, () -> cluster.restore(last, target));

    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure).hasMessageContaining(chain.get(1).backupId().toString());
    assertThat(cluster.lastCopy()).doesNotExist();
  }
}
