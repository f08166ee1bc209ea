package io.holdfast.worker.dump;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.List;

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
  /**
   * Reads no further than the end of the table of contents and leaves the stream open.
   *
   * @throws JobFailure ARTIFACT_DAMAGED when the bytes are no such archive
   */
  public static DumpToc read(InputStream in) {
    try {
      return new ArchiveReader(in).toc();
    } catch (EOFException e) {
      throw ArchiveReader.damaged("it ends inside its table of contents", e);
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

  /** Of a database with this encoding, by PostgreSQL's name for it. */
  public static Charset charset(String encoding) {
    return PgEncodings.charset(encoding);
  }
}
