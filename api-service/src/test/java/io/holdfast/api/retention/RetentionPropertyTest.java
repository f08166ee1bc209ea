package io.holdfast.api.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.retention.RetentionFacts.Former;
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

      assertThat(kept(plan)).as("history of seed %d", seed + i).isEqualTo(wanted);
      assertThat(plan.backups()).allSatisfy(d -> assertThat(d.reasons()).isNotEmpty());
    }
  }

  @Test
  void judgesEachRepositoryByWhatLiesThereAndByItsOwnPolicy() {
    int differ = 0;
    for (int i = 0; i < HISTORIES; i++) {
      RandomHistory first = new RandomHistory(seed + i);
      RandomHistory copy = first.elsewhere(seed - i);
      RetentionPlan before = RetentionPlanner.plan(copy.facts());

      Set<BackupId> left = kept(RetentionPlanner.plan(first.facts()));
      first.backups.removeIf(one -> !left.contains(one.id()));

      // Whatever goes from the one changes nothing about the other.
      assertThat(RetentionPlanner.plan(copy.facts())).isEqualTo(before);
      assertThat(kept(before))
          .as("copy of seed %d", seed + i)
          .isEqualTo(new ReferenceModel(copy).stays());
      assertThat(new ReferenceModel(first).stays())
          .as("what is left of seed %d needs no more than is there", seed + i)
          .isSubsetOf(left);
      differ += kept(before).equals(left) ? 0 : 1;
    }
    assertThat(differ).as("places that keep something else").isPositive();
  }

  @Test
  void removesTheWalOfAnEarlierSystemWhenTheNewOneHasFilledTheWindow() {
    int removed = 0;
    int kept = 0;
    for (int i = 0; i < HISTORIES; i++) {
      RandomHistory history = new RandomHistory(seed + i);
      ReferenceModel model = new ReferenceModel(history);
      Set<BackupId> stays = model.stays();
      RetentionPlan plan = RetentionPlanner.plan(history.facts());
      assertThat(plan.former()).hasSameSizeAs(history.former());
      for (Former former : history.former()) {
        boolean goes =
            plan.former().stream()
                .anyMatch(
                    one ->
                        one.systemIdentifier().equals(former.systemIdentifier()) && one.expires());
        assertThat(goes)
            .as("system %s of seed %d", former.systemIdentifier(), seed + i)
            .isEqualTo(model.formerGoes(stays, former.systemIdentifier(), former.replacedAt()));
        removed += goes ? 1 : 0;
        kept += goes ? 0 : 1;
      }
    }
    assertThat(removed).as("systems that went").isPositive();
    assertThat(kept).as("systems that stayed").isPositive();
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

  private static Set<BackupId> kept(RetentionPlan plan) {
    return plan.backups().stream()
        .filter(decision -> !decision.expires())
        .map(BackupDecision::id)
        .collect(Collectors.toSet());
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
