package io.holdfast.api.retention;

import io.holdfast.model.BackupId;
import io.holdfast.model.Lsn;
import io.holdfast.model.job.WalRange;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What stays and what goes, each with its reasons.
 *
 * @param backups newest first
 * @param wal by timeline and position
 * @param former the WAL of each system that the cluster was before
 * @param concerns what somebody must confirm before this is carried out; empty: nothing
 * @param digest of what would be removed: the same for the same backups and timelines
 */
record RetentionPlan(
    Instant at,
    List<BackupDecision> backups,
    List<WalDecision> wal,
    List<FormerDecision> former,
    List<Concern> concerns,
    String digest) {
  enum Action {
    KEEP,
    EXPIRE
  }

  /** What a reason is about; stable, for programs. */
  enum Code {
    LAST,
    MINIMUM,
    TIER,
    WINDOW,
    GRACE,
    SUSPECT,
    PROVEN,
    CLOCK,
    HOLD,
    IN_USE,
    PARENT,
    BASE,
    UNKNOWN,
    NOT_NEEDED,
    BEGUN,
    ASKED
  }

  /**
   * @param sentence for people
   */
  record Reason(Code code, String sentence) {}

  /** Why a plan asks first. */
  record Concern(String code, String sentence) {}

  record BackupDecision(RetentionFacts.Stored backup, Action action, List<Reason> reasons) {
    BackupId id() {
      return backup.id();
    }

    boolean expires() {
      return action == Action.EXPIRE;
    }
  }

  /**
   * Whole segments.
   *
   * @param to exclusive
   */
  record WalDecision(
      String systemIdentifier,
      int timeline,
      int segmentBytes,
      Lsn from,
      Lsn to,
      Action action,
      Reason reason) {
    boolean expires() {
      return action == Action.EXPIRE;
    }
  }

  /** All WAL of a system that the cluster was before it was set up anew. */
  record FormerDecision(String systemIdentifier, Action action, Reason reason) {
    boolean expires() {
      return action == Action.EXPIRE;
    }
  }

  RetentionPlan {
    backups = List.copyOf(backups);
    wal = List.copyOf(wal);
    former = List.copyOf(former);
    concerns = List.copyOf(concerns);
  }

  /** Of each timeline, what lies before the first WAL that stays. */
  List<WalRange> unneeded() {
    Map<Integer, WalDecision> ends = new TreeMap<>();
    for (WalDecision one : wal) {
      // The first that stays ends it; as long as there is none, the last that goes.
      ends.merge(one.timeline(), one, (known, next) -> known.expires() ? next : known);
    }
    return ends.values().stream()
        .map(
            one ->
                new WalRange(
                    one.systemIdentifier(),
                    one.timeline(),
                    one.segmentBytes(),
                    new Lsn(0),
                    one.expires() ? one.to() : one.from()))
        .filter(range -> range.to().address() > 0)
        .toList();
  }

  /** How many backups stay. */
  int keeping() {
    return (int) backups.stream().filter(decision -> !decision.expires()).count();
  }

  /** How many go. */
  int expiring() {
    return backups.size() - keeping();
  }

  /** Whether carrying it out removes anything: backups, or WAL. */
  boolean removes() {
    return expiring() > 0
        || wal.stream().anyMatch(WalDecision::expires)
        || former.stream().anyMatch(FormerDecision::expires);
  }

  /** Stored bytes of those that go. */
  long expiringBytes() {
    return backups.stream()
        .filter(BackupDecision::expires)
        .mapToLong(decision -> decision.backup().bytes())
        .sum();
  }
}
