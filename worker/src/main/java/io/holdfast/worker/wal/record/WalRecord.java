package io.holdfast.worker.wal.record;

import io.holdfast.model.Lsn;
import java.time.Instant;

/**
 * One record.
 *
 * @param end where the next one begins, page headers aside; after a switch the end of the segment
 * @param xid unsigned, of 32 bits; of a prepared transaction its own; 0: none
 * @param time null unless {@code kind} has one
 * @param name of a restore point; null otherwise
 */
public record WalRecord(Lsn start, Lsn end, Kind kind, long xid, Instant time, String name) {
  public enum Kind {
    COMMIT,
    ABORT,
    RESTORE_POINT,
    /** Its time is when it began, in whole seconds. */
    CHECKPOINT,
    /** No transaction ran; {@code xid} is the next one's. */
    RESTING,
    /** The rest of the segment is empty. */
    SWITCH,
    OTHER
  }

  /** What PostgreSQL compares with a target that is a moment. */
  public boolean endsTransaction() {
    return kind == Kind.COMMIT || kind == Kind.ABORT;
  }
}
