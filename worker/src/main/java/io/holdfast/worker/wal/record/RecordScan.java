package io.holdfast.worker.wal.record;

import io.holdfast.model.Lsn;
import io.holdfast.model.wal.SegmentSize;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Predicate;

/**
 * Walks through segments in order and shows each record that is whole. It ends where PostgreSQL
 * would: at the first thing that is no record, or one whose checksum or predecessor is wrong. Not
 * thread-safe. One record at the most is held in memory.
 *
 * <p>Reading in Java and not by {@code pg_waldump} was chosen because that must be of the server's
 * very major and reads from files only; this needs neither.
 *
 * @see <a
 *     href="https://github.com/postgres/postgres/blob/master/src/backend/access/transam/xlogreader.c">xlogreader.c</a>
 */
public final class RecordScan {
  /** What became of a segment. */
  public enum Outcome {
    /** To its end; the next one may follow. */
    READ,
    /** The visitor has seen enough. */
    STOPPED,
    /** Nothing that is valid follows. */
    ENDED
  }

  private static final int CONTINUES = 0x0001;
  private static final int LONG_HEADER = 0x0002;
  private static final int OVERWRITES = 0x0008;
  private static final int SHORT_BYTES = 24;
  private static final int LONG_BYTES = 40;
  private static final int MAGIC_NIBBLE = 0xD;

  private final SegmentSize size;
  private final Predicate<WalRecord> visitor;
  private int blockBytes;
  private int magic;
  private long skipping;
  private ByteArrayOutputStream pending;
  private long pendingStart;
  private long pendingMissing;
  private long lastStart = -1;

  /**
   * @param visitor whether it wants to see more
   */
  public RecordScan(SegmentSize size, Predicate<WalRecord> visitor) {
    this.size = size;
    this.visitor = visitor;
  }

  /**
   * @param number of the segment; the first may be any, each later one follows the one before
   */
  public Outcome segment(long number, byte[] content) {
    ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    long base = size.start(number).address();
    int at = 0;
    while (at < content.length) {
      if (at == 0 || at % blockBytes == 0) {
        at = page(bytes, base, at);
        if (at < 0) {
          return Outcome.ENDED;
        }
        continue;
      }
      int pageEnd = (at / blockBytes + 1) * blockBytes;
      if (skipping > 0) {
        int step = (int) Math.min(skipping, pageEnd - at);
        skipping -= step;
        at = skipping == 0 ? aligned(at + step) : at + step;
        continue;
      }
      if (pending == null) {
        long length = Integer.toUnsignedLong(bytes.getInt(at));
        if (length < RecordParser.HEADER || length > (1L << 30)) {
          return Outcome.ENDED;
        }
        if (length <= pageEnd - at) {
          ByteBuffer record = bytes.duplicate().order(bytes.order());
          record.position(at).limit(at + (int) length);
          int end = aligned(at + (int) length);
          Outcome outcome = show(record, base + at, base, end);
          if (outcome != Outcome.READ || RecordParser.switches(record)) {
            return outcome;
          }
          at = end;
          continue;
        }
        pending = new ByteArrayOutputStream((int) Math.min(length, 1 << 16));
        pendingStart = base + at;
        pendingMissing = length;
      }
      int step = (int) Math.min(pendingMissing, pageEnd - at);
      pending.write(content, at, step);
      pendingMissing -= step;
      at += step;
      if (pendingMissing == 0) {
        ByteBuffer record = ByteBuffer.wrap(pending.toByteArray()).order(bytes.order());
        pending = null;
        at = aligned(at);
        Outcome outcome = show(record, pendingStart, base, at);
        if (outcome != Outcome.READ || RecordParser.switches(record)) {
          return outcome;
        }
      }
    }
    return Outcome.READ;
  }

  /**
   * @return where the page's content begins; -1 when this is not the page
   */
  private int page(ByteBuffer bytes, long base, int at) {
    int seen = Short.toUnsignedInt(bytes.getShort(at));
    int info = Short.toUnsignedInt(bytes.getShort(at + 2));
    if (seen >>> 12 != MAGIC_NIBBLE || bytes.getLong(at + 8) != base + at) {
      return -1;
    }
    boolean isLong = (info & LONG_HEADER) != 0;
    if (at == 0) {
      blockBytes = isLong ? bytes.getInt(36) : 0;
      magic = seen;
      if (Integer.bitCount(blockBytes) != 1 || blockBytes < 1024) {
        return -1;
      }
    }
    long rest = Integer.toUnsignedLong(bytes.getInt(at + 16));
    if (pending != null) {
      if ((info & OVERWRITES) != 0) {
        // A server crashed in the middle of a record, and the next one wrote over its rest.
        pending = null;
      } else if ((info & CONTINUES) == 0 || rest != pendingMissing) {
        return -1;
      }
    } else if (skipping == 0 && (info & CONTINUES) != 0) {
      skipping = rest;
    }
    return at + (isLong ? LONG_BYTES : SHORT_BYTES);
  }

  private Outcome show(ByteBuffer record, long start, long base, int end) {
    boolean follows = lastStart == -1 || RecordParser.previous(record) == lastStart;
    if (!follows || !RecordParser.intact(record)) {
      return Outcome.ENDED;
    }
    lastStart = start;
    long after = RecordParser.switches(record) ? base + size.bytes() : base + end;
    return visitor.test(RecordParser.parse(record, magic, new Lsn(start), new Lsn(after)))
        ? Outcome.READ
        : Outcome.STOPPED;
  }

  private static int aligned(int at) {
    return (at + 7) & ~7;
  }
}
