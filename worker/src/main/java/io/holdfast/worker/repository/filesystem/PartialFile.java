package io.holdfast.worker.repository.filesystem;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.disk.DirectIo;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.StagedObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;

/**
 * An object while it is written: a hidden file beside its final name. The caller's SHA-256 goes to
 * the manifest; what is compared here with the file read back after fsync is a CRC-32C of the same
 * bytes, which costs next to nothing.
 */
final class PartialFile extends StagedObject {
  static final String SUFFIX = ".partial";
  private static final int BUFFER_BYTES = 256 * 1024;
  private static final int TRIES = 5;
  private static final int UUID_CHARACTERS = 36;

  private final String key;
  private final Path target;
  private final Path partial;
  private final Directories directories;
  private final FileChannel channel;
  private final ByteBuffer buffer = DirectIo.buffer(BUFFER_BYTES);
  private final CRC32C crc = new CRC32C();
  private final AtomicBoolean ended = new AtomicBoolean();
  private long bytes;

  PartialFile(String key, Path target, Directories directories) throws IOException {
    this.key = key;
    this.target = target;
    this.directories = directories;
    this.partial =
        target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + SUFFIX);
    this.channel = open();
  }

  static boolean isPartial(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith(".") && name.endsWith(SUFFIX);
  }

  /** The file that a partial one was to become. */
  static Path target(Path partial) {
    String name = partial.getFileName().toString();
    int uuid = name.length() - SUFFIX.length() - UUID_CHARACTERS - 1;
    return uuid > 1 ? partial.resolveSibling(name.substring(1, uuid)) : partial;
  }

  private FileChannel open() throws IOException {
    for (int tried = 1; ; tried++) {
      directories.makeParent(partial);
      directories.refuseLinks(partial.getParent());
      try {
        Files.createFile(partial);
        return DirectIo.open(partial, StandardOpenOption.WRITE);
      } catch (NoSuchFileException e) {
        // Somebody's delete took the folder while it was empty.
        if (tried == TRIES) {
          throw e;
        }
      }
    }
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    crc.update(source, offset, length);
    int done = 0;
    try {
      while (done < length) {
        if (!buffer.hasRemaining()) {
          DirectIo.writeFull(channel, buffer);
        }
        int chunk = Math.min(buffer.remaining(), length - done);
        buffer.put(source, offset + done, chunk);
        done += chunk;
      }
    } catch (IOException e) {
      throw FilesystemErrors.translate("write", key, e);
    }
    bytes += length;
  }

  /** Durable and compared, but still under its hidden name. */
  void finish() throws IOException {
    DirectIo.writeTail(channel, buffer, bytes);
    channel.force(true);
    channel.close();
    compareWithFile();
  }

  private void compareWithFile() throws IOException {
    CRC32C seen = new CRC32C();
    long size = 0;
    try (FileChannel reader = DirectIo.open(partial, StandardOpenOption.READ)) {
      buffer.clear();
      // Not to the end of the stream: a direct read behind the last, broken block is an error.
      while (size < reader.size() && reader.read(buffer) >= 0) {
        buffer.flip();
        size += buffer.remaining();
        seen.update(buffer);
        buffer.clear();
      }
    }
    if (size != bytes || seen.getValue() != crc.getValue()) {
      throw new JobFailure(
          ErrorCode.STORED_BYTES_DIFFER,
          "'"
              + key
              + "' read back differs from what was written: "
              + size
              + " of "
              + bytes
              + " bytes",
          "The file system or its disk returns other bytes than it took: check the hardware.");
    }
  }

  @Override
  public void commit(String sha256) {
    if (ended.get()) {
      throw new IllegalStateException("already committed or discarded: " + key);
    }
    try {
      finish();
      rename();
    } catch (IOException e) {
      throw FilesystemErrors.translate("commit", key, e);
    }
  }

  private void rename() throws IOException {
    Files.move(
        partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    ended.set(true);
    Directories.sync(target.getParent());
  }

  /**
   * Commits in the place of another file only. Java has no rename that does so in one call: there
   * is a system call's time between the look and the rename.
   *
   * @return false when there is none any more, and then this one is for {@link #close} to discard
   */
  boolean takeThePlace() throws IOException {
    finish();
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    rename();
    return true;
  }

  Path path() {
    return partial;
  }

  @Override
  public void close() {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    try {
      channel.close();
      Files.deleteIfExists(partial);
      directories.removeEmptyParents(partial);
    } catch (IOException leftover) {
      // Hidden, ignored by list, removed by discardUnfinished; never instead of a first failure.
      return;
    }
  }
}
