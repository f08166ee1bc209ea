package io.holdfast.worker.disk;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * Files past the page cache, where the file system lets it. What a backup or a restore writes is
 * read by nobody soon and must be durable anyway; kept in memory it would only push out what the
 * servers on the same host need. And a file that is read back comes from the disk, not from memory.
 *
 * <p>The rules of direct I/O: the buffer is one of {@link #buffer}, every position and length is a
 * multiple of the block, and {@link #writeTail} writes the end.
 */
public final class DirectIo {
  /** Of every disk in use; a file system that wants more is written to through the page cache. */
  private static final int BLOCK_BYTES = 4096;

  private DirectIo() {}

  /**
   * An empty buffer.
   *
   * @param bytes its capacity, a multiple of 4 KiB
   */
  public static ByteBuffer buffer(int bytes) {
    if (bytes % BLOCK_BYTES != 0) {
      throw new IllegalArgumentException("not a multiple of " + BLOCK_BYTES + ": " + bytes);
    }
    return ByteBuffer.allocateDirect(bytes + BLOCK_BYTES)
        .alignedSlice(BLOCK_BYTES)
        .limit(bytes)
        .slice();
  }

  /** Opens a file that exists; a link is not followed. */
  public static FileChannel open(Path file, StandardOpenOption access) throws IOException {
    Set<OpenOption> cached = Set.of(access, LinkOption.NOFOLLOW_LINKS);
    if (java.nio.file.Files.getFileStore(file).getBlockSize() > BLOCK_BYTES) {
      return FileChannel.open(file, cached);
    }
    try {
      return FileChannel.open(
          file, Set.of(access, LinkOption.NOFOLLOW_LINKS, ExtendedOpenOption.DIRECT));
    } catch (NoSuchFileException absent) {
      throw absent;
    } catch (IOException | UnsupportedOperationException notHere) {
      // Such as a tmpfs. What is really wrong with the file is said by the second try.
      return FileChannel.open(file, cached);
    }
  }

  /** Writes a full buffer at the channel's position and empties it. */
  public static void writeFull(FileChannel channel, ByteBuffer full) throws IOException {
    full.flip();
    while (full.hasRemaining()) {
      channel.write(full);
    }
    full.clear();
  }

  /**
   * Writes what is left in the buffer, up to the next block, and cuts the file off at its length.
   *
   * @param length of the whole file
   */
  public static void writeTail(FileChannel channel, ByteBuffer rest, long length)
      throws IOException {
    if (rest.position() == 0) {
      return;
    }
    while (rest.position() % BLOCK_BYTES != 0) {
      rest.put((byte) 0);
    }
    writeFull(channel, rest);
    if (channel.size() > length) {
      channel.truncate(length);
    }
  }
}
