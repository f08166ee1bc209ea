package io.holdfast.api.retention;

import io.holdfast.api.retention.RetentionFacts.Condition;
import io.holdfast.api.retention.RetentionFacts.Stored;
import io.holdfast.api.retention.RetentionPlan.BackupDecision;
import io.holdfast.api.retention.RetentionPlan.Concern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What makes a plan ask first: it removes much, or time made a leap. Pure. */
final class Concerns {
  /** Between two backups that follow each other; longer than any schedule of a calendar. */
  private static final Duration LONGEST_PAUSE = Duration.ofDays(32);

  private Concerns() {}

  static List<Concern> of(RetentionFacts facts, Chains chains, List<BackupDecision> decisions) {
    List<BackupDecision> existing =
        decisions.stream()
            .filter(decision -> decision.backup().condition() != Condition.LEAVING)
            .toList();
    long expiring = existing.stream().filter(BackupDecision::expires).count();
    List<Concern> concerns = new ArrayList<>();
    if (expiring == 0) {
      return concerns;
    }
    double share = (double) expiring / existing.size();
    if (share > facts.policy().maxDeleteShare()) {
      concerns.add(
          new Concern(
              "SHARE",
              String.format(
                  Locale.ROOT,
                  "It removes %d of %d backups, more than the share of %.2f that goes unasked.",
                  expiring,
                  existing.size(),
                  facts.policy().maxDeleteShare())));
    }
    leap(chains, concerns);
    return concerns;
  }

  private static void leap(Chains chains, List<Concern> concerns) {
    List<Stored> newest =
        chains.newestFirst().stream().filter(chains::restorable).limit(2).toList();
    if (newest.size() == 2) {
      Duration pause = Duration.between(newest.get(1).finishedAt(), newest.get(0).finishedAt());
      if (pause.compareTo(LONGEST_PAUSE) > 0) {
        concerns.add(
            new Concern(
                "LEAP",
                "Between the two newest good backups lie "
                    + pause.toDays()
                    + " days: a clock may have made a leap."));
      }
    }
  }
}
