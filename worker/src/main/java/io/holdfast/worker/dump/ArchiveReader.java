package io.holdfast.worker.dump;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the binary form of an archive: its header, its table of contents, and the numbers that its
 * blocks of data are made of. Used by one thread, from the archive's beginning.
 */
final class ArchiveReader {
  private static final int MAX_STRING_BYTES = 256 * 1024 * 1024;
  private static final int CUSTOM = 1;
  private static final int TAR = 3;
  private static final int DIRECTORY = 5;

  /** Raw strings until the archive's own encoding is known. */
  private record Raw(
      int id,
      byte[] tag,
      byte[] type,
      byte[] sql,
      byte[] schema,
      byte[] space,
      byte[] owner,
      List<Integer> needs) {}

  private final DataInputStream in;
  private final Set<Integer> withData = new HashSet<>();
  private int minor;
  private int intBytes;
  private int offsetBytes;
  private int format;

  ArchiveReader(InputStream in) {
    this.in = new DataInputStream(in);
  }

  /** Ids of the entries whose data follow the table of contents, once it has been read. */
  Set<Integer> withData() {
    return withData;
  }

  DumpToc toc() throws IOException {
    byte[] magic = new byte[5];
    in.readFully(magic);
    if (!new String(magic, StandardCharsets.US_ASCII).equals("PGDMP")) {
      throw damaged("it does not begin with PGDMP", null);
    }
    int major = in.readUnsignedByte();
    minor = in.readUnsignedByte();
    in.readUnsignedByte();
    if (major != 1 || minor < 10 || minor > 16) {
      throw damaged("archive version " + major + "." + minor + " is not known", null);
    }
    intBytes = in.readUnsignedByte();
    offsetBytes = in.readUnsignedByte();
    format = in.readUnsignedByte();
    if (intBytes < 4 || intBytes > 8 || offsetBytes < 4 || offsetBytes > 8) {
      throw damaged("its header has impossible sizes", null);
    }
    if (minor >= 15) {
      in.readUnsignedByte();
    } else {
      integer();
    }
    for (int field = 0; field < 7; field++) {
      integer(); // seconds to daylight saving of the creation time
    }
    byte[] database = string();
    byte[] server = string();
    byte[] program = string();
    int count = integer();
    List<Raw> raws = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      raws.add(entry());
    }
    Charset charset = charset(raws);
    List<TocEntry> entries =
        raws.stream()
            .map(
                r ->
                    new TocEntry(
                        r.id(),
                        text(r.type(), charset),
                        text(r.tag(), charset),
                        text(r.sql(), charset),
                        blankToNull(text(r.schema(), charset)),
                        blankToNull(text(r.space(), charset)),
                        text(r.owner(), charset),
                        r.needs()))
            .toList();
    return new DumpToc(
        text(database, charset), text(server, charset), text(program, charset), charset, entries);
  }

  private Raw entry() throws IOException {
    int id = integer();
    if (integer() != 0) {
      withData.add(id);
    }
    string(); // catalog's oid
    string(); // object's oid
    byte[] tag = string();
    byte[] type = string();
    if (minor >= 11) {
      integer(); // section
    }
    byte[] sql = string();
    string(); // drop statement
    string(); // copy statement
    byte[] schema = string();
    byte[] tablespace = string();
    if (minor >= 14) {
      string(); // access method
    }
    if (minor >= 16) {
      integer(); // relkind
    }
    byte[] owner = string();
    string(); // "with oids"
    List<Integer> needs = new ArrayList<>();
    for (byte[] need = string(); need != null; need = string()) {
      needs.add(Integer.parseInt(new String(need, StandardCharsets.US_ASCII)));
    }
    switch (format) {
      case CUSTOM -> in.skipNBytes(1L + offsetBytes);
      case DIRECTORY, TAR -> string();
      default -> throw damaged("archive format " + format + " is not known", null);
    }
    return new Raw(id, tag, type, sql, schema, tablespace, owner, needs);
  }

  /** A number as it is written everywhere in an archive: a sign, then the lowest byte first. */
  int integer() throws IOException {
    boolean negative = in.readUnsignedByte() != 0;
    long value = 0;
    for (int i = 0; i < intBytes; i++) {
      value |= ((long) in.readUnsignedByte()) << (8 * i);
    }
    if (value < 0 || value > 1L << 31) {
      throw damaged("a number in it is out of range", null);
    }
    return negative ? -(int) value : (int) value;
  }

  private byte[] string() throws IOException {
    int length = integer();
    if (length < 0) {
      return null;
    }
    if (length > MAX_STRING_BYTES) {
      throw damaged("a string in its table of contents is too long", null);
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    return bytes;
  }

  private static Charset charset(List<Raw> raws) {
    for (Raw raw : raws) {
      if (text(raw.type(), StandardCharsets.US_ASCII).equals("ENCODING")) {
        String sql = text(raw.sql(), StandardCharsets.US_ASCII);
        int from = sql.indexOf('\'');
        int to = sql.indexOf('\'', from + 1);
        return PgEncodings.charset(sql.substring(from + 1, to));
      }
    }
    return StandardCharsets.UTF_8;
  }

  private static String text(byte[] bytes, Charset charset) {
    return bytes == null ? "" : new String(bytes, charset);
  }

  private static String blankToNull(String text) {
    return text.isEmpty() ? null : text;
  }

  static JobFailure damaged(String why, Exception cause) {
    return new JobFailure(
        ErrorCode.ARTIFACT_DAMAGED,
        "this is not a readable pg_dump archive: " + why,
        "verify the backup and restore from another one",
        cause);
  }
}
