package io.holdfast.api.retention;

import io.holdfast.api.cluster.ClusterRetention;
import io.holdfast.api.retention.RetentionFacts.Condition;
import io.holdfast.api.retention.RetentionFacts.Stored;
import io.holdfast.api.retention.RetentionPlan.Action;
import io.holdfast.api.retention.RetentionPlan.BackupDecision;
import io.holdfast.api.retention.RetentionPlan.Code;
import io.holdfast.api.retention.RetentionPlan.FormerDecision;
import io.holdfast.api.retention.RetentionPlan.Reason;
import io.holdfast.api.retention.RetentionPlan.WalDecision;
import io.holdfast.model.BackupId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Decides what stays. A backup stays when the policy needs it, or has needed it until less than the
 * grace ago, or somebody holds or reads it, or something that stays builds on it. Needs are worked
 * out per series, from backups that can be restored; the others stay until a good one has followed
 * them for the grace, and never count. Pure: the same facts give the same plan.
 */
final class RetentionPlanner {
  /** Clocks of workers may be a little ahead of this service's. */
  static final Duration CLOCK_SLACK = Duration.ofMinutes(10);

  private final RetentionFacts facts;
  private final ClusterRetention policy;
  private final Chains chains;
  private final Map<BackupId, List<Reason>> reasons = new HashMap<>();

  private RetentionPlanner(RetentionFacts facts) {
    this.facts = facts;
    this.policy = facts.policy();
    this.chains = new Chains(facts.backups());
  }

  static RetentionPlan plan(RetentionFacts facts) {
    return new RetentionPlanner(facts).plan();
  }

  private RetentionPlan plan() {
    Instant now = facts.now().plus(CLOCK_SLACK);
    Instant graceBegan = facts.now().minus(policy.grace());
    needed(now).forEach((id, why) -> why.forEach(reason -> keep(id, reason)));
    needed(graceBegan).forEach(this::keepForGrace);
    for (Stored backup : chains.newestFirst()) {
      if (backup.condition() != Condition.LEAVING) {
        keepForItself(backup, now, graceBegan);
      }
    }
    chains.newestFirst().stream().filter(this::stays).forEach(this::keepBelow);
    List<BackupDecision> decisions = chains.newestFirst().stream().map(this::decide).toList();
    List<WalDecision> wal = new WalPlanner(facts, chains, decisions).plan();
    List<FormerDecision> former = FormerWal.plan(facts, chains, decisions);
    return new RetentionPlan(
        facts.now(),
        decisions,
        wal,
        former,
        Concerns.of(facts, chains, decisions),
        PlanDigest.of(decisions, wal, former));
  }

  /** What the policy needed at a moment, of what there was then. */
  private Map<BackupId, List<Reason>> needed(Instant moment) {
    Map<BackupId, List<Reason>> needed = new HashMap<>();
    List<Stored> good = chains.restorableAt(moment);
    for (List<Stored> series : bySeries(good)) {
      add(needed, series.getFirst(), Code.LAST, "the newest that can be restored");
      series.stream()
          .filter(backup -> backup.parent() == null)
          .limit(policy.minimumFulls())
          .forEach(
              full ->
                  add(
                      needed,
                      full,
                      Code.MINIMUM,
                      "one of the "
                          + policy.minimumFulls()
                          + " newest full ones that can be restored"));
      series.stream()
          .filter(Stored::proven)
          .findFirst()
          .ifPresent(
              proven ->
                  add(needed, proven, Code.PROVEN, "the newest that a verification has proven"));
      Tiers.keep(series, policy, (backup, reason) -> list(needed, backup.id()).add(reason));
    }
    for (Stored base : WalAnchors.of(good, policy.walWindow(), facts.archive())) {
      add(
          needed,
          base,
          Code.WINDOW,
          "recovery to the beginning of the last " + policy.walWindow() + " starts from it");
    }
    return needed;
  }

  private static List<List<Stored>> bySeries(List<Stored> newestFirst) {
    Map<String, List<Stored>> series = new TreeMap<>();
    newestFirst.forEach(
        backup -> series.computeIfAbsent(backup.series(), unused -> new ArrayList<>()).add(backup));
    return List.copyOf(series.values());
  }

  private void keepForGrace(BackupId id, List<Reason> then) {
    // One that stays as a proof only has had more to it until less than the grace ago.
    boolean needed =
        reasons.getOrDefault(id, List.of()).stream()
            .anyMatch(reason -> reason.code() != Code.PROVEN);
    for (Reason reason : then) {
      switch (reason.code()) {
        // Also for one that stays anyway: the WAL behind it has its grace, too.
        case WINDOW -> keep(id, reason);
        // What was proven before the grace says nothing about when something better was.
        case PROVEN -> {}
        default -> {
          if (!needed) {
            keep(
                id,
                new Reason(
                    Code.GRACE,
                    "needed until less than " + policy.grace() + " ago: " + reason.sentence()));
          }
        }
      }
    }
  }

  private void keepForItself(Stored backup, Instant now, Instant graceBegan) {
    backup.holds().forEach(hold -> keep(backup.id(), new Reason(Code.HOLD, hold)));
    backup.pins().forEach(pin -> keep(backup.id(), new Reason(Code.IN_USE, pin)));
    if (backup.finishedAt().isAfter(now)) {
      keep(
          backup.id(),
          new Reason(Code.CLOCK, "it is from " + backup.finishedAt() + ": some clock is wrong"));
    } else if (backup.finishedAt().isAfter(graceBegan)) {
      keep(backup.id(), new Reason(Code.GRACE, "it is younger than " + policy.grace()));
    }
    if (!chains.restorable(backup) && !followed(backup, graceBegan)) {
      keep(
          backup.id(),
          new Reason(
              Code.SUSPECT, doubt(backup) + ", and no good one has followed it long enough"));
    }
  }

  private boolean followed(Stored backup, Instant graceBegan) {
    return chains.restorableAt(graceBegan).stream()
        .anyMatch(
            good ->
                good.series().equals(backup.series())
                    && Chains.NEWEST_FIRST.compare(good, backup) < 0);
  }

  private static String doubt(Stored backup) {
    return backup.condition() == Condition.SUSPECT
        ? "it is suspect (" + backup.suspectBecause() + ")"
        : "what it builds on is missing or suspect";
  }

  private void keepBelow(Stored backup) {
    for (Stored below : chains.below(backup)) {
      if (below.condition() != Condition.LEAVING) {
        keep(
            below.id(),
            new Reason(Code.PARENT, "backup " + backup.id() + ", which stays, builds on it"));
      }
    }
  }

  private boolean stays(Stored backup) {
    return reasons.containsKey(backup.id());
  }

  private void keep(BackupId id, Reason reason) {
    List<Reason> known = list(reasons, id);
    // One dependent is enough to say; there may be hundreds.
    boolean once = reason.code() == Code.PARENT || reason.code() == Code.WINDOW;
    if (!once || known.stream().noneMatch(other -> other.code() == reason.code())) {
      known.add(reason);
    }
  }

  private BackupDecision decide(Stored backup) {
    return stays(backup)
        ? new BackupDecision(backup, Action.KEEP, List.copyOf(reasons.get(backup.id())))
        : new BackupDecision(backup, Action.EXPIRE, List.of(whyNot(backup)));
  }

  private Reason whyNot(Stored backup) {
    if (backup.condition() == Condition.LEAVING) {
      return new Reason(Code.BEGUN, "its removal was begun and has to be finished");
    }
    if (!chains.restorable(backup)) {
      return new Reason(Code.SUSPECT, doubt(backup) + ", and good ones have followed it");
    }
    return new Reason(
        Code.NOT_NEEDED,
        "for more than "
            + policy.grace()
            + " it is not the newest good one of any of the "
            + policy.daily()
            + " days, "
            + policy.weekly()
            + " weeks, "
            + policy.monthly()
            + " months and "
            + policy.yearly()
            + " years, and nothing else needs it");
  }

  private static void add(
      Map<BackupId, List<Reason>> to, Stored backup, Code code, String sentence) {
    list(to, backup.id()).add(new Reason(code, sentence));
  }

  private static List<Reason> list(Map<BackupId, List<Reason>> of, BackupId id) {
    return of.computeIfAbsent(id, unused -> new ArrayList<>());
  }
}
