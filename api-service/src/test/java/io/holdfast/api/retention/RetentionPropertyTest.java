package io.holdfast.api.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.retention.RetentionFacts.Stored;
import io.holdfast.api.retention.RetentionPlan.BackupDecision;
import io.holdfast.api.retention.RetentionPlan.WalDecision;
import io.holdfast.model.BackupId;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Random histories, held against a model that is too simple to be wrong in the same way. */
class RetentionPropertyTest {
  private static final int HISTORIES = Integer.getInteger("holdfast.tests.histories", 300);
  private final long seed = Long.getLong("holdfast.tests.seed", new Random().nextLong());

  @Test
  void keepsWhatTheModelNeedsAndNothingElse() {
    for (int i = 0; i < HISTORIES; i++) {
      RandomHistory history = new RandomHistory(seed + i);
      Set<BackupId> wanted = new ReferenceModel(history).stays();

      RetentionPlan plan = RetentionPlanner.plan(history.facts());

      Set<BackupId> kept =
          plan.backups().stream()
              .filter(decision -> !decision.expires())
              .map(BackupDecision::id)
              .collect(Collectors.toSet());
      assertThat(kept).as("history of seed %d", seed + i).isEqualTo(wanted);
      assertThat(plan.backups()).allSatisfy(d -> assertThat(d.reasons()).isNotEmpty());
    }
  }

  @Test
  void removesNoWalThatWhatStaysNeedsAndAllThatNothingNeeds() {
    int removed = 0;
    for (int i = 0; i < HISTORIES; i++) {
      RandomHistory history = new RandomHistory(seed + i);
      ReferenceModel model = new ReferenceModel(history);
      Set<BackupId> stays = model.stays();
      RetentionPlan plan = RetentionPlanner.plan(history.facts());
      Optional<Instant> limit = limit(plan, history);
      for (WalDecision decision : plan.wal()) {
        for (long segment = decision.from().address();
            segment < decision.to().address();
            segment += RandomHistory.SIZE.bytes()) {
          boolean needed = model.needsWal(stays, decision.timeline(), segment);
          boolean old =
              limit.isPresent() && old(history, decision.timeline(), segment, limit.get());
          assertThat(decision.expires())
              .as(
                  "seed %d: timeline %d at %x, needed %s, old %s: %s",
                  seed + i, decision.timeline(), segment, needed, old, decision.reason())
              .isEqualTo(!needed && old);
          removed += decision.expires() ? 1 : 0;
        }
      }
    }
    assertThat(removed).as("segments that went").isPositive();
  }

  @Test
  void saysTheSameWhateverOrderItIsToldIn() {
    RandomHistory history = new RandomHistory(seed);
    RetentionPlan plan = RetentionPlanner.plan(history.facts());
    Collections.reverse(history.backups);

    assertThat(RetentionPlanner.plan(history.facts())).isEqualTo(plan);
  }

  private static Optional<Instant> limit(RetentionPlan plan, RandomHistory history) {
    return plan.backups().stream()
        .filter(decision -> !decision.expires())
        .map(BackupDecision::backup)
        .filter(one -> one.base() != null && one.base().systemIdentifier().equals(history.system))
        .filter(one -> new Chains(history.backups).restorable(one))
        .filter(one -> !one.finishedAt().isAfter(history.now.plus(RetentionPlanner.CLOCK_SLACK)))
        .map(Stored::finishedAt)
        .max(Instant::compareTo)
        .map(at -> at.minus(history.policy.walWindow()).minus(history.policy.grace()));
  }

  /** Whether a mark or a base backup shows that the whole segment is old. */
  private static boolean old(RandomHistory history, int timeline, long segment, Instant limit) {
    long end = segment + RandomHistory.SIZE.bytes();
    return history.before(timeline, limit).filter(lsn -> lsn.address() >= end).isPresent()
        || history.backups.stream()
            .filter(one -> one.base() != null && !one.finishedAt().isAfter(limit))
            .map(Stored::base)
            .anyMatch(
                base ->
                    base.systemIdentifier().equals(history.system)
                        && base.timeline() == timeline
                        && base.start().address() >= end);
  }
}
