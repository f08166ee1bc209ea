package io.holdfast.api.retention;

import io.holdfast.api.retention.RetentionFacts.Archive;
import io.holdfast.api.retention.RetentionFacts.Former;
import io.holdfast.api.retention.RetentionFacts.Stored;
import io.holdfast.api.retention.RetentionPlan.Action;
import io.holdfast.api.retention.RetentionPlan.BackupDecision;
import io.holdfast.api.retention.RetentionPlan.Code;
import io.holdfast.api.retention.RetentionPlan.FormerDecision;
import io.holdfast.api.retention.RetentionPlan.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Decides about the WAL of systems that a cluster was before it was set up anew. It stays as a
 * whole as long as a base backup of that system does, and until the new one has filled the window
 * and the grace with backups of its own. Pure.
 */
final class FormerWal {
  private FormerWal() {}

  /** None when nobody knows which system the cluster is. */
  static List<FormerDecision> plan(
      RetentionFacts facts, Chains chains, List<BackupDecision> decisions) {
    Archive archive = facts.archive();
    if (archive == null) {
      return List.of();
    }
    Instant now = facts.now().plus(RetentionPlanner.CLOCK_SLACK);
    Optional<Instant> limit =
        chains.restorableAt(now).stream()
            .filter(backup -> of(backup, archive.systemIdentifier()))
            .findFirst()
            .map(Stored::finishedAt)
            .map(at -> at.minus(facts.policy().walWindow()).minus(facts.policy().grace()));
    return facts.former().stream()
        .filter(former -> !former.systemIdentifier().equals(archive.systemIdentifier()))
        .map(former -> decide(former, limit, decisions))
        .toList();
  }

  private static FormerDecision decide(
      Former former, Optional<Instant> limit, List<BackupDecision> decisions) {
    Optional<BackupDecision> base =
        decisions.stream()
            .filter(decision -> !decision.expires())
            .filter(decision -> of(decision.backup(), former.systemIdentifier()))
            .findFirst();
    if (base.isPresent()) {
      return keep(former, Code.BASE, "backup " + base.get().id() + ", which stays, is of it");
    }
    if (former.replacedAt() == null || limit.isEmpty()) {
      return keep(former, Code.UNKNOWN, "there is no base backup of the system that replaced it");
    }
    if (former.replacedAt().isAfter(limit.get())) {
      return keep(
          former,
          Code.WINDOW,
          "it was replaced at " + former.replacedAt() + ", after " + limit.get());
    }
    return new FormerDecision(
        former.systemIdentifier(),
        Action.EXPIRE,
        new Reason(
            Code.NOT_NEEDED,
            "it was replaced at "
                + former.replacedAt()
                + ", before "
                + limit.get()
                + ", and no base backup of it stays"));
  }

  private static FormerDecision keep(Former former, Code code, String sentence) {
    return new FormerDecision(former.systemIdentifier(), Action.KEEP, new Reason(code, sentence));
  }

  private static boolean of(Stored backup, String system) {
    return backup.base() != null && backup.base().systemIdentifier().equals(system);
  }
}
