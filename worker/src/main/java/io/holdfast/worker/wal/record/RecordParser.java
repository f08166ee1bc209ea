package io.holdfast.worker.wal.record;

import io.holdfast.model.Lsn;
import io.holdfast.worker.wal.record.WalRecord.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.zip.CRC32C;

/**
 * What a whole record says. Of all resource managers only two are looked into; their records have
 * not changed from PostgreSQL 14 to 18 but for one size.
 *
 * @see <a
 *     href="https://github.com/postgres/postgres/blob/master/src/include/access/xlogrecord.h">XLogRecord</a>
 * @see <a
 *     href="https://github.com/postgres/postgres/blob/master/src/include/access/xact.h">xl_xact_commit</a>
 */
final class RecordParser {
  static final int HEADER = 24;

  private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");
  private static final int CRC_AT = 20;
  private static final int MANAGER_XLOG = 0;
  private static final int MANAGER_XACT = 1;
  private static final int MANAGER_STANDBY = 8;
  private static final int RUNNING_TRANSACTIONS = 0x10;
  private static final int DATA_SHORT = 255;
  private static final int DATA_LONG = 254;
  private static final int ORIGIN = 253;
  private static final int TOP_LEVEL_XID = 252;
  private static final int NAME_BYTES = 64;
  private static final int CHECKPOINT_TIME_AT = 64;

  /** From PostgreSQL 18 on an object's number in statistics has 64 bits. */
  private static final int MAGIC_18 = 0xD118;

  private RecordParser() {}

  /**
   * @param bytes one whole record from its position to its limit, little-endian
   */
  static boolean intact(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    int from = bytes.position();
    crc.update(bytes.duplicate().position(from + HEADER));
    crc.update(bytes.duplicate().limit(from + CRC_AT));
    return (int) crc.getValue() == bytes.getInt(from + CRC_AT);
  }

  static long previous(ByteBuffer bytes) {
    return bytes.getLong(bytes.position() + 8);
  }

  static boolean switches(ByteBuffer bytes) {
    int at = bytes.position();
    return bytes.get(at + 17) == MANAGER_XLOG && (bytes.get(at + 16) & 0xF0) == 0x40;
  }

  static WalRecord parse(ByteBuffer bytes, int magic, Lsn start, Lsn end) {
    int at = bytes.position();
    long xid = Integer.toUnsignedLong(bytes.getInt(at + 4));
    if (switches(bytes)) {
      return new WalRecord(start, end, Kind.SWITCH, xid, null, null);
    }
    int info = Byte.toUnsignedInt(bytes.get(at + 16));
    ByteBuffer data =
        switch (bytes.get(at + 17)) {
          case MANAGER_XLOG, MANAGER_XACT, MANAGER_STANDBY -> mainData(bytes);
          default -> null;
        };
    if (data == null) {
      return new WalRecord(start, end, Kind.OTHER, xid, null, null);
    }
    return switch (bytes.get(at + 17)) {
      case MANAGER_XACT -> transaction(data, info, magic, start, end, xid);
      case MANAGER_STANDBY -> standby(data, info, start, end, xid);
      default -> log(data, info, start, end, xid);
    };
  }

  /** How many run, how many of theirs below them, whether there were more, the next one's id. */
  private static WalRecord standby(ByteBuffer data, int info, Lsn start, Lsn end, long xid) {
    boolean rests = (info & 0xF0) == RUNNING_TRANSACTIONS && data.getInt(0) == 0;
    return rests
        ? new WalRecord(
            start, end, Kind.RESTING, Integer.toUnsignedLong(data.getInt(12)), null, null)
        : new WalRecord(start, end, Kind.OTHER, xid, null, null);
  }

  private static WalRecord log(ByteBuffer data, int info, Lsn start, Lsn end, long xid) {
    return switch (info & 0xF0) {
      case 0x00, 0x10 ->
          new WalRecord(
              start,
              end,
              Kind.CHECKPOINT,
              xid,
              Instant.ofEpochSecond(data.getLong(CHECKPOINT_TIME_AT)),
              null);
      case 0x70 -> {
        byte[] name = new byte[NAME_BYTES];
        data.get(8, name);
        int length = 0;
        while (length < NAME_BYTES && name[length] != 0) {
          length++;
        }
        yield new WalRecord(
            start,
            end,
            Kind.RESTORE_POINT,
            xid,
            time(data.getLong(0)),
            new String(name, 0, length, StandardCharsets.UTF_8));
      }
      default -> new WalRecord(start, end, Kind.OTHER, xid, null, null);
    };
  }

  private static WalRecord transaction(
      ByteBuffer data, int info, int magic, Lsn start, Lsn end, long xid) {
    boolean more = (info & 0x80) != 0;
    return switch (info & 0x70) {
      case 0x00 -> new WalRecord(start, end, Kind.COMMIT, xid, time(data.getLong(0)), null);
      case 0x20 -> new WalRecord(start, end, Kind.ABORT, xid, time(data.getLong(0)), null);
      case 0x30 ->
          new WalRecord(
              start, end, Kind.COMMIT, prepared(data, more, magic), time(data.getLong(0)), null);
      case 0x40 ->
          new WalRecord(
              start, end, Kind.ABORT, prepared(data, more, magic), time(data.getLong(0)), null);
      default -> new WalRecord(start, end, Kind.OTHER, xid, null, null);
    };
  }

  /** Behind parts of which each is there or not, with a count and so many members. */
  private static long prepared(ByteBuffer data, boolean more, int magic) {
    if (!more) {
      return 0;
    }
    int parts = data.getInt(8);
    int at = 12;
    at += (parts & 1) != 0 ? 8 : 0; // database
    at += (parts & 1 << 1) != 0 ? 4 + 4 * data.getInt(at) : 0; // subtransactions
    at += (parts & 1 << 2) != 0 ? 4 + 12 * data.getInt(at) : 0; // dropped files
    int statistics = Integer.compareUnsigned(magic, MAGIC_18) >= 0 ? 16 : 12;
    at += (parts & 1 << 8) != 0 ? 4 + statistics * data.getInt(at) : 0;
    at += (parts & 1 << 3) != 0 ? 4 + 16 * data.getInt(at) : 0; // invalidations
    return (parts & 1 << 4) != 0 ? Integer.toUnsignedLong(data.getInt(at)) : 0;
  }

  /** A record's own data are its last bytes; null when blocks or nothing come before. */
  private static ByteBuffer mainData(ByteBuffer bytes) {
    ByteBuffer record = bytes.slice().order(bytes.order());
    int at = HEADER;
    while (at < record.limit()) {
      switch (Byte.toUnsignedInt(record.get(at))) {
        case ORIGIN -> at += 3;
        case TOP_LEVEL_XID -> at += 5;
        case DATA_SHORT -> {
          return last(record, Byte.toUnsignedInt(record.get(at + 1)));
        }
        case DATA_LONG -> {
          return last(record, record.getInt(at + 1));
        }
        default -> {
          return null;
        }
      }
    }
    return null;
  }

  private static ByteBuffer last(ByteBuffer record, int bytes) {
    return record.slice(record.limit() - bytes, bytes).order(record.order());
  }

  private static Instant time(long microseconds) {
    return EPOCH.plus(microseconds, ChronoUnit.MICROS);
  }
}
