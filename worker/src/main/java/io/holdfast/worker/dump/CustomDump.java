package io.holdfast.worker.dump;

import io.holdfast.worker.failure.JobFailure;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;

/**
 * A custom dump, read from its first to its last byte: the table of contents, then a block of data
 * for each entry that has some (PostgreSQL's {@code pg_backup_custom.c}). It finds what {@code
 * pg_restore} finds, a dump that was cut off above all, at a fraction of its cost, so that it can
 * be done for every dump while it passes.
 */
public final class CustomDump {
  private static final int DATA = 1;
  private static final int LARGE_OBJECTS = 3;

  private final BlockInput in;
  private final ArchiveReader reader;

  private CustomDump(BlockInput in) {
    this.in = in;
    this.reader = new ArchiveReader(in);
  }

  /**
   * Reads the stream to its end and leaves it open.
   *
   * @throws JobFailure ARTIFACT_DAMAGED when it is no such dump, is cut off, or lacks an entry's
   *     data
   * @throws IOException of the stream itself
   */
  public static DumpToc check(InputStream plain) throws IOException {
    try {
      return new CustomDump(new BlockInput(plain)).check();
    } catch (EOFException e) {
      throw ArchiveReader.damaged("it was cut off", e);
    }
  }

  private DumpToc check() throws IOException {
    DumpToc toc = reader.toc();
    Set<Integer> missing = new HashSet<>(reader.withData());
    for (int type = in.read(); type >= 0; type = in.read()) {
      int entry = reader.integer();
      if (!missing.remove(entry)) {
        throw ArchiveReader.damaged("it holds data that its table of contents does not list", null);
      }
      switch (type) {
        case DATA -> skipChunks();
        case LARGE_OBJECTS -> skipLargeObjects();
        default -> throw ArchiveReader.damaged("it holds a block of unknown type " + type, null);
      }
    }
    if (!missing.isEmpty()) {
      throw ArchiveReader.damaged(
          "the data of " + missing.size() + " entries are missing: it was cut off", null);
    }
    return toc;
  }

  /** Length and bytes, until a length of zero. */
  private void skipChunks() throws IOException {
    for (int length = reader.integer(); length != 0; length = reader.integer()) {
      in.skipFully(length);
    }
  }

  /** The object's id and its chunks, until an id of zero. */
  private void skipLargeObjects() throws IOException {
    while (reader.integer() != 0) {
      skipChunks();
    }
  }

  /** A buffer whose single bytes cost little: a dump has a chunk for every row. */
  private static final class BlockInput extends InputStream {
    private final InputStream stream;
    private final byte[] buffer = new byte[128 * 1024];
    private int next;
    private int filled;

    BlockInput(InputStream stream) {
      this.stream = stream;
    }

    private boolean fill() throws IOException {
      next = 0;
      filled = Math.max(0, stream.read(buffer, 0, buffer.length));
      return filled > 0;
    }

    @Override
    public int read() throws IOException {
      return next < filled || fill() ? buffer[next++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (next == filled && !fill()) {
        return -1;
      }
      int n = Math.min(length, filled - next);
      System.arraycopy(buffer, next, into, offset, n);
      next += n;
      return n;
    }

    @Override
    public long skip(long count) throws IOException {
      if (next == filled && !fill()) {
        return 0;
      }
      int n = (int) Math.min(count, filled - next);
      next += n;
      return n;
    }

    void skipFully(int count) throws IOException {
      if (count < 0) {
        throw ArchiveReader.damaged("a chunk of data has a negative length", null);
      }
      long left = count;
      while (left > 0) {
        long n = skip(left);
        if (n == 0) {
          throw new EOFException();
        }
        left -= n;
      }
    }
  }
}
