package io.holdfast.worker.wal;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.Lsn;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.failure.JobFailure;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The long header at the beginning of every WAL segment: whose it is and where it belongs. The same
 * since PostgreSQL 9.3 but for the magic number, which grows with every major.
 *
 * @param timeline of the first page; older than the file's own where a timeline begins in the
 *     middle of a segment
 * @param systemIdentifier decimal text
 * @see <a
 *     href="https://github.com/postgres/postgres/blob/master/src/include/access/xlog_internal.h">XLogLongPageHeaderData</a>
 */
public record PageHeader(
    int magic, int timeline, Lsn address, String systemIdentifier, long segmentBytes) {
  /** How many bytes of a segment {@link #read} looks at. */
  public static final int BYTES = 40;

  private static final int LONG_HEADER = 0x0002;
  private static final int MAGIC_NIBBLE = 0xD; // the highest four bits of all of them

  /**
   * @param start the first {@link #BYTES} of a segment, in the byte order of the server, which is
   *     taken to be ours
   * @throws JobFailure WAL_DAMAGED when this is no beginning of a segment
   */
  public static PageHeader read(WalFileName file, byte[] start) {
    ByteBuffer bytes = ByteBuffer.wrap(start).order(ByteOrder.nativeOrder());
    int magic = Short.toUnsignedInt(bytes.getShort(0));
    int info = Short.toUnsignedInt(bytes.getShort(2));
    if (magic >>> 12 != MAGIC_NIBBLE || (info & LONG_HEADER) == 0) {
      throw malformed(file, "it does not begin like a segment of WAL");
    }
    return new PageHeader(
        magic,
        bytes.getInt(4),
        new Lsn(bytes.getLong(8)),
        Long.toUnsignedString(bytes.getLong(24)),
        Integer.toUnsignedLong(bytes.getInt(32)));
  }

  /**
   * @param bytes how long the file is
   * @throws JobFailure WAL_DAMAGED when the content belongs under another name, COMMAND_REFUSED
   *     when it is another cluster's
   */
  public void requireFits(WalFileName file, long bytes, String cluster, String identifier) {
    if (!systemIdentifier.equals(identifier)) {
      throw new JobFailure(
          ErrorCode.COMMAND_REFUSED,
          file
              + " comes from a server with system identifier "
              + systemIdentifier
              + "; cluster '"
              + cluster
              + "' has "
              + identifier,
          "Point archive_command at the cluster that this server belongs to.");
    }
    if (segmentBytes != bytes || !SegmentSize.valid(bytes)) {
      throw malformed(file, "it has " + bytes + " bytes where segments have " + segmentBytes);
    }
    SegmentSize size = new SegmentSize((int) segmentBytes);
    if (!file.fits(size)) {
      throw malformed(file, "segments of " + segmentBytes + " bytes have no such name");
    }
    Lsn wanted = size.start(file.number(size));
    if (!address.equals(wanted)) {
      throw malformed(file, "its first page is that of " + address + ", not of " + wanted);
    }
    if (timeline < 1 || timeline > file.timeline()) {
      throw malformed(file, "its first page is of timeline " + timeline);
    }
  }

  private static JobFailure malformed(WalFileName file, String why) {
    return new JobFailure(
        ErrorCode.WAL_DAMAGED,
        file + " is not what its name says: " + why,
        "Look at the disk and at what wrote this file.");
  }
}
