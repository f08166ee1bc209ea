package io.holdfast.worker.recovery;

import io.holdfast.model.Lsn;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.wal.fetch.Fetched;
import io.holdfast.worker.wal.fetch.WalFetch;
import io.holdfast.worker.wal.record.RecordScan;
import io.holdfast.worker.wal.record.WalRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The records on the way, read from the archive as far as it is known to reach. */
final class ArchivedRecords {
  private final WalFetch fetch;
  private final RecoveryPath path;
  private final Progress progress;

  ArchivedRecords(WalFetch fetch, RecoveryPath path, Progress progress) {
    this.fetch = fetch;
    this.path = path;
    this.progress = progress;
  }

  /**
   * Shows every record from the first that begins in a segment on.
   *
   * @param visitor whether it wants more
   * @throws JobFailure WAL_DAMAGED, or a repository code
   */
  void from(long number, Predicate<WalRecord> visitor) {
    RecordScan scan = new RecordScan(path.order().size(), visitor);
    for (long next = number; next <= path.last(); next++) {
      progress.advanced(0);
      switch (fetch.at(next)) {
        case Fetched.Present segment -> {
          if (scan.segment(next, segment.content()) != RecordScan.Outcome.READ) {
            return;
          }
        }
        case Fetched.Absent gone -> {
          return;
        }
        case Fetched.Unknown unknown -> throw unknown.because();
      }
    }
  }

  /**
   * How the way ends.
   *
   * @param last null when no record is there
   * @param lastCommit null when none lies within what was looked at
   * @param timed records with a time, ascending by position
   * @param restingXid the next transaction's id when last none ran; null: not seen
   */
  record Tail(WalRecord last, Instant lastCommit, List<WalRecord> timed, Long restingXid) {}

  /** Looks at the end of the way, and further back until a transaction ended there. */
  Tail tail() {
    for (long back = 1; ; back *= 4) {
      long from = Math.max(path.first(), path.last() - back);
      Tail tail = tailFrom(from);
      boolean found = tail.timed().stream().anyMatch(WalRecord::endsTransaction);
      if (found || from == path.first()) {
        return tail;
      }
    }
  }

  private Tail tailFrom(long number) {
    List<WalRecord> timed = new ArrayList<>();
    WalRecord[] last = new WalRecord[1];
    Long[] resting = new Long[1];
    from(
        number,
        record -> {
          last[0] = record;
          if (record.kind() == WalRecord.Kind.RESTING) {
            resting[0] = record.xid();
          }
          if (record.time() != null) {
            timed.add(record);
          }
          return true;
        });
    Instant commit =
        timed.stream()
            .filter(record -> record.kind() == WalRecord.Kind.COMMIT)
            .map(WalRecord::time)
            .max(Instant::compareTo)
            .orElse(null);
    return new Tail(last[0], commit, timed, resting[0]);
  }

  /** The number of the segment to begin with, so that a record before a position is seen too. */
  long before(Lsn position) {
    long number = path.order().size().number(position);
    return Math.clamp(number - 1, path.first(), Math.max(path.first(), path.last()));
  }
}
