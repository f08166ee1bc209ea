package io.holdfast.api.retention;

import io.holdfast.model.BackupId;
import io.holdfast.model.Lsn;
import java.time.Instant;
import java.util.List;

/**
 * What stays and what goes, each with its reasons.
 *
 * @param backups newest first
 * @param wal by timeline and position
 * @param concerns what somebody must confirm before this is carried out; empty: nothing
 * @param digest of what would be removed: the same for the same backups and timelines
 */
record RetentionPlan(
    Instant at,
    List<BackupDecision> backups,
    List<WalDecision> wal,
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

  RetentionPlan {
    backups = List.copyOf(backups);
    wal = List.copyOf(wal);
    concerns = List.copyOf(concerns);
  }
}
