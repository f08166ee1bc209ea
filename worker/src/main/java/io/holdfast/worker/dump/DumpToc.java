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
import java.util.List;
import java.util.Map;

/**
 * The table of contents at the head of a custom dump, or the whole of a directory dump's {@code
 * toc.dat}. Read from its own binary form (PostgreSQL's {@code pg_backup_archiver.c}, archive
 * versions 1.10 to 1.16, which is PostgreSQL 9.x to 18): the text of {@code pg_restore --list}
 * separates by blanks and cannot tell where a name with blanks ends.
 *
 * @param database the name at dump time
 * @param serverVersion of the dumped server, as text
 * @param pgDumpVersion of the program that wrote it
 * @param charset of the dumped database
 */
public record DumpToc(
    String database,
    String serverVersion,
    String pgDumpVersion,
    Charset charset,
    List<TocEntry> entries) {
  private static final int MAX_STRING_BYTES = 256 * 1024 * 1024;
  private static final int CUSTOM = 1;
  private static final int TAR = 3;
  private static final int DIRECTORY = 5;

  /**
   * Reads no further than the end of the table of contents and leaves the stream open.
   *
   * @throws JobFailure ARTIFACT_DAMAGED when the bytes are no such archive
   */
  public static DumpToc read(InputStream in) {
    try {
      return new Reader(new DataInputStream(in)).toc();
    } catch (EOFException e) {
      throw damaged("it ends inside its table of contents", e);
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.REPOSITORY_UNAVAILABLE,
          "reading a dump's table of contents failed",
          "try again",
          e);
    }
  }

  /** Text of entries as the bytes it was read from. */
  public byte[] encoded(String text) {
    return text.getBytes(charset);
  }

  private static JobFailure damaged(String why, Exception cause) {
    return new JobFailure(
        ErrorCode.ARTIFACT_DAMAGED,
        "this is not a readable pg_dump archive: " + why,
        "verify the backup and restore from another one",
        cause);
  }

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

  private static final class Reader {
    private final DataInputStream in;
    private int minor;
    private int intBytes;
    private int offsetBytes;
    private int format;

    Reader(DataInputStream in) {
      this.in = in;
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
      integer(); // whether data follow
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

    private int integer() throws IOException {
      boolean negative = in.readUnsignedByte() != 0;
      long value = 0;
      for (int i = 0; i < intBytes; i++) {
        value |= ((long) in.readUnsignedByte()) << (8 * i);
      }
      if (value < 0 || value > Integer.MAX_VALUE) {
        throw damaged("a number in its table of contents is out of range", null);
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
  }

  /** Of a database with this encoding, by PostgreSQL's name for it. */
  public static Charset charset(String encoding) {
    return PgEncodings.charset(encoding);
  }

  /** PostgreSQL's names of encodings as Java's. */
  private static final class PgEncodings {
    private static final Map<String, String> JAVA =
        Map.ofEntries(
            Map.entry("UTF8", "UTF-8"),
            // No encoding was promised; most such databases hold UTF-8.
            Map.entry("SQL_ASCII", "UTF-8"),
            Map.entry("LATIN1", "ISO-8859-1"),
            Map.entry("LATIN2", "ISO-8859-2"),
            Map.entry("LATIN5", "ISO-8859-9"),
            Map.entry("LATIN9", "ISO-8859-15"),
            Map.entry("KOI8R", "KOI8-R"),
            Map.entry("KOI8U", "KOI8-U"),
            Map.entry("EUC_JP", "EUC-JP"),
            Map.entry("EUC_KR", "EUC-KR"),
            Map.entry("EUC_CN", "GB2312"),
            Map.entry("EUC_TW", "x-EUC-TW"));

    private PgEncodings() {}

    static Charset charset(String name) {
      String java = JAVA.get(name);
      if (java == null && name.startsWith("WIN")) {
        java = "windows-" + name.substring(3);
      } else if (java == null && name.startsWith("ISO_8859_")) {
        java = name.replace('_', '-').replaceFirst("ISO-8859-", "ISO-8859-");
      }
      return java != null && Charset.isSupported(java)
          ? Charset.forName(java)
          : StandardCharsets.ISO_8859_1;
    }
  }
}
