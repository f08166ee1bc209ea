package io.holdfast.worker.recovery;

import io.holdfast.model.Lsn;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.recovery.ArchivedRecords.Tail;
import io.holdfast.worker.wal.record.WalRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Finds where recovery must stop, in the WAL itself, or says why it cannot get there. */
final class TargetSearch {
  private final String systemIdentifier;
  private final Instant backupStarted;
  private final RecoveryPath path;
  private final ArchivedRecords records;
  private final Coverage coverage;

  TargetSearch(Manifest manifest, RecoveryPath path, ArchivedRecords records, Coverage coverage) {
    this.systemIdentifier = manifest.source().systemIdentifier();
    this.backupStarted = manifest.startedAt();
    this.path = path;
    this.records = records;
    this.coverage = coverage;
  }

  /**
   * @throws JobFailure TARGET_UNREACHABLE with the hole and the nearest points that can be reached
   */
  RecoveryStop latest() {
    if (path.hole() != null) {
      throw unreachable("the end of the archive", records.tail());
    }
    Tail tail = records.tail();
    requireBeyondBackup("the end of the archive", tail);
    return RecoveryStop.after(
        tail.last().start(), tail.last().end(), "the end of the archive, " + tail.last().end());
  }

  RecoveryStop position(RecoveryTarget.Position target) {
    Lsn wanted = target.lsn();
    String words = "position " + wanted;
    if (wanted.compareTo(path.base().stopLsn()) < 0) {
      throw tooEarly(words);
    }
    requireArchived(words);
    Found found = find(records.before(wanted), record -> record.start().compareTo(wanted) >= 0);
    if (found.record() != null) {
      return target.inclusive() ? found.after(words) : found.before("right before " + words);
    }
    // The very end: nothing begins there, so there is no record to stop at.
    if (found.previous() != null && wanted.compareTo(found.previous().end()) <= 0) {
      return RecoveryStop.after(found.previous().start(), found.previous().end(), words);
    }
    throw unreachable(words, records.tail());
  }

  RecoveryStop transaction(RecoveryTarget.Transaction target) {
    long xid = Long.parseLong(target.xid());
    String words = "transaction " + xid;
    requireArchived(words);
    Found found = find(path.first(), record -> record.endsTransaction() && record.xid() == xid);
    if (found.record() == null) {
      throw unreachable("the end of " + words, records.tail());
    }
    requireNotBeforeBackup(words, found.record());
    return target.inclusive() ? found.after(words) : found.before("right before " + words);
  }

  RecoveryStop restorePoint(RecoveryTarget.RestorePoint target) {
    String words = "restore point '" + target.name() + "'";
    requireArchived(words);
    Found found =
        find(
            path.first(),
            record ->
                record.kind() == WalRecord.Kind.RESTORE_POINT
                    && record.name().equals(target.name())
                    && record.end().compareTo(path.base().stopLsn()) > 0);
    if (found.record() == null) {
      throw unreachable(words, records.tail());
    }
    return found.after(words);
  }

  RecoveryStop time(RecoveryTarget.Time target) {
    Instant wanted = target.time();
    String words = "time " + wanted;
    requireArchived(words);
    Predicate<WalRecord> beyond =
        record ->
            record.endsTransaction()
                && (target.inclusive()
                    ? record.time().isAfter(wanted)
                    : !record.time().isBefore(wanted));
    // A backup has in it what was committed until its end; its checkpoint is when it began.
    if (wanted.isBefore(backupStarted)
        || duringBackup(
            beyond.or(
                record ->
                    record.kind() == WalRecord.Kind.CHECKPOINT && record.time().isAfter(wanted)))) {
      throw tooEarly(words + ", when the backup was not complete yet,");
    }
    Tail tail = records.tail();
    requireBeyondBackup(words, tail);
    if (tail.timed().stream().anyMatch(beyond)) {
      return RecoveryStop.moment(wanted, target.inclusive(), near(beyond));
    }
    requireCovered(wanted, words, tail);
    RecoveryStop end =
        RecoveryStop.after(
            tail.last().start(),
            tail.last().end(),
            words + ", after which nothing was committed: the end of the archive");
    return new RecoveryStop(
        end.settings(), end.reached(), end.near(), wanted, target.inclusive(), end.sentence());
  }

  /** Whether one lies in the backup's own WAL, as far as that is archived. */
  private boolean duringBackup(Predicate<WalRecord> wanted) {
    boolean[] seen = new boolean[2];
    Predicate<WalRecord> look =
        record -> {
          boolean within = record.end().compareTo(path.base().stopLsn()) <= 0;
          seen[0] = true;
          seen[1] |= within && wanted.test(record);
          return within && !seen[1];
        };
    records.from(path.order().size().number(path.base().startLsn()), look);
    if (!seen[0]) {
      records.from(path.first(), look);
    }
    return seen[1];
  }

  /**
   * Where the server will stop, or so near that the timeline is the same: commits are in the order
   * of their times but for those that ran side by side.
   */
  private Lsn near(Predicate<WalRecord> beyond) {
    long low = path.first();
    long high = path.last();
    while (low < high) {
      long middle = (low + high) >>> 1;
      WalRecord first = find(middle, WalRecord::endsTransaction).record();
      if (first == null || beyond.test(first)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    Found found = find(Math.max(path.first(), low - 2), beyond);
    return found.previous() == null ? path.base().stopLsn() : found.previous().end();
  }

  /** Later than every archived commit: is that because nothing was committed, or not archived? */
  private void requireCovered(Instant wanted, String words, Tail tail) {
    if (path.hole() != null) {
      throw unreachable(words, tail);
    }
    // Checkpoints tell their time in whole seconds, and tell when they began.
    boolean seenLater =
        tail.timed().stream().anyMatch(record -> record.time().isAfter(wanted.plusSeconds(1)));
    Optional<Instant> until =
        seenLater
            ? Optional.of(wanted)
            : coverage.until(
                systemIdentifier, path.timeline(), tail.last().end(), tail.restingXid());
    if (until.isEmpty() || until.get().isBefore(wanted)) {
      throw unreachable(
          words
              + ", of which nobody can tell whether something was committed between the last"
              + " archived commit and then,",
          tail);
    }
  }

  private void requireArchived(String words) {
    if (path.last() < path.first()) {
      throw unreachable(words, new Tail(null, null, List.of(), null));
    }
  }

  private void requireBeyondBackup(String words, Tail tail) {
    if (tail.last() == null || tail.last().end().compareTo(path.base().stopLsn()) < 0) {
      throw unreachable(words, tail);
    }
  }

  private void requireNotBeforeBackup(String words, WalRecord record) {
    if (record.end().compareTo(path.base().stopLsn()) <= 0) {
      throw tooEarly(words + ", which ended at " + record.end());
    }
  }

  private JobFailure tooEarly(String words) {
    return RecoveryPath.unreachable(
        words
            + " lies before the end of the backup, "
            + path.base().stopLsn()
            + ", the first point that can be reached from it",
        "Choose an older backup, or a point from " + path.base().stopLsn() + " on.");
  }

  /** Names the hole and the points around it. */
  private JobFailure unreachable(String words, Tail tail) {
    StringBuilder what = new StringBuilder(words).append(" cannot be reached: ");
    if (path.hole() != null) {
      what.append("the archive has a hole on timeline ")
          .append(path.timeline())
          .append(" from ")
          .append(path.hole().from())
          .append(" (")
          .append(path.hole().firstMissing())
          .append(") to ")
          .append(path.hole().to());
    } else if (tail.last() == null) {
      what.append("the archive lacks ")
          .append(path.order().segment(path.first()))
          .append(", the segment in which the backup ends");
    } else {
      what.append("the archive ends on timeline ")
          .append(path.timeline())
          .append(" at ")
          .append(tail.last().end());
    }
    Lsn before = tail.last() == null ? path.base().stopLsn() : tail.last().end();
    String time = tail.lastCommit() == null ? "" : " (last commit " + tail.lastCommit() + ")";
    String after =
        path.hole() == null
            ? ""
            : "; what lies behind the hole, from "
                + path.hole().to()
                + " on, only from a backup taken there";
    return RecoveryPath.unreachable(
        what.toString(), "The nearest point before is " + before + time + after + ".");
  }

  /**
   * @param record null when there is none
   * @param previous the record before it, or the last of all; null when there is none
   */
  private record Found(WalRecord record, WalRecord previous) {
    RecoveryStop after(String words) {
      return RecoveryStop.after(record.start(), record.end(), words);
    }

    RecoveryStop before(String words) {
      return RecoveryStop.before(
          record.start(), previous == null ? record.start() : previous.end(), words);
    }
  }

  private Found find(long number, Predicate<WalRecord> wanted) {
    WalRecord[] seen = new WalRecord[2];
    records.from(
        number,
        record -> {
          if (wanted.test(record)) {
            seen[0] = record;
            return false;
          }
          seen[1] = record;
          return true;
        });
    return new Found(seen[0], seen[1]);
  }
}
