package io.holdfast.api.ledger;

import io.holdfast.model.wal.ArchiveObservation;
import io.holdfast.model.wal.ArchiveObservation.Primary;
import io.holdfast.model.wal.ArchiveObservation.Slot;
import io.holdfast.model.wal.ArchiveSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Judges how an archive stands. What an observation says nothing about stays as it was. Pure. */
final class Alarms {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  static final Duration UNOBSERVED_AFTER = Duration.ofSeconds(60);
  private static final double HALF = 0.5;
  private static final double NEARLY = 0.8;

  private Alarms() {}

  /**
   * @param lagBytes null: nobody knows
   * @param safeUntil every commit before it is archived; null: nobody knows
   * @param since when the archive was first looked at
   * @param slotIdleSince null: somebody reads the slot, or there is none
   */
  record Facts(
      ArchiveObservation observation,
      ArchiveSpec archive,
      Long lagBytes,
      Instant safeUntil,
      Instant since,
      Instant slotIdleSince,
      Instant now) {}

  /** What stands now, each with a sentence with its values. */
  static Map<Condition, String> judge(Set<Condition> before, Facts facts) {
    Map<Condition, String> standing = new EnumMap<>(Condition.class);
    Set<Condition> unknown = EnumSet.noneOf(Condition.class);
    stalled(facts, standing, unknown);
    breached(facts, standing);
    slot(facts, standing, unknown);
    Duration silence = Duration.between(facts.observation().observedAt(), facts.now());
    if (silence.compareTo(UNOBSERVED_AFTER) > 0) {
      standing.put(
          Condition.UNOBSERVED,
          "No worker has reported on the archive for " + silence.toSeconds() + " s.");
    }
    unknown.retainAll(before);
    unknown.forEach(condition -> standing.putIfAbsent(condition, "Not known to have ended."));
    return standing;
  }

  private static void stalled(
      Facts facts, Map<Condition, String> standing, Set<Condition> unknown) {
    Primary primary = facts.observation().primary();
    boolean push = facts.archive().mode() == ArchiveSpec.Mode.PUSH;
    if (facts.slotIdleSince() != null
        && Duration.between(facts.slotIdleSince(), facts.now()).compareTo(PATIENCE) >= 0) {
      standing.put(
          Condition.STALLED, "Nobody has read the slot since " + facts.slotIdleSince() + ".");
    } else if (push && primary == null) {
      unknown.add(Condition.STALLED);
    } else if (push && primary.failing()) {
      standing.put(
          Condition.STALLED,
          "The archiver of node '" + primary.node() + "' failed at its last attempt.");
    } else if (push
        && primary.oldestWaitingSeconds() != null
        && primary.oldestWaitingSeconds() > PATIENCE.toSeconds()) {
      standing.put(
          Condition.STALLED,
          "A finished segment of node '"
              + primary.node()
              + "' has waited for "
              + Math.round(primary.oldestWaitingSeconds())
              + " s.");
    }
  }

  private static void breached(Facts facts, Map<Condition, String> standing) {
    Duration objective = facts.archive().recoveryPointObjective();
    Optional<Duration> lag = lag(facts);
    if (lag.isPresent() && lag.get().compareTo(objective) > 0) {
      standing.put(
          Condition.BREACHED,
          "What was written in the last "
              + lag.get().toSeconds()
              + " s is not archived; the objective is "
              + objective
              + ".");
    }
  }

  /** How far back one would fall now; empty: nobody knows. */
  static Optional<Duration> lag(Facts facts) {
    if (facts.lagBytes() != null && facts.lagBytes() == 0) {
      return Optional.of(Duration.ZERO);
    }
    if (facts.observation().primary() == null && facts.lagBytes() == null) {
      return Optional.empty();
    }
    Instant safe = facts.safeUntil() == null ? facts.since() : facts.safeUntil();
    Duration lag = Duration.between(safe, facts.now());
    Slot slot = facts.observation().slot();
    Duration partial = facts.archive().partialInterval();
    boolean received = partial != null && slot != null && slot.active();
    Duration bounded = received && lag.compareTo(partial) > 0 ? partial : lag;
    return Optional.of(bounded.isNegative() ? Duration.ZERO : bounded);
  }

  private static void slot(Facts facts, Map<Condition, String> standing, Set<Condition> unknown) {
    Slot slot = facts.observation().slot();
    if (slot == null) {
      if (facts.archive().mode() == ArchiveSpec.Mode.STREAM) {
        unknown.addAll(EnumSet.of(Condition.SLOT_HALF, Condition.SLOT_NEARLY, Condition.SLOT_GONE));
      }
      return;
    }
    if ("lost".equals(slot.walStatus())) {
      standing.put(
          Condition.SLOT_GONE,
          "The server dropped WAL that slot '" + slot.name() + "' had not given out.");
    }
    Double used = used(slot);
    if (used == null) {
      return;
    }
    String sentence =
        "Slot '"
            + slot.name()
            + "' keeps "
            + slot.retainedBytes()
            + " of the "
            + slot.budgetBytes()
            + " bytes that it may.";
    if (used >= HALF) {
      standing.put(Condition.SLOT_HALF, sentence);
    }
    if (used >= NEARLY) {
      standing.put(Condition.SLOT_NEARLY, sentence);
    }
  }

  /** Of its budget; null: there is none, or nobody knows. */
  static Double used(Slot slot) {
    boolean known =
        slot != null
            && slot.retainedBytes() != null
            && slot.budgetBytes() != null
            && slot.budgetBytes() > 0;
    return known ? (double) slot.retainedBytes() / slot.budgetBytes() : null;
  }
}
