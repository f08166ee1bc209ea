package io.holdfast.worker.scratch;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;

/**
 * A folder of one worker below the configured directory, which several workers may share. A lock
 * file beside it is held for as long as the worker lives: whoever starts next removes the folders
 * whose lock nobody holds. They hold customers' rows, and the worker that was killed there cannot
 * do it.
 */
public final class Scratch implements Closeable {
  private static final String PREFIX = "worker-";
  private static final String LOCK = ".lock";

  private final Path folder;
  private final Path lockFile;
  private final FileChannel channel;

  private Scratch(Path folder, Path lockFile, FileChannel channel) {
    this.folder = folder;
    this.lockFile = lockFile;
    this.channel = channel;
  }

  /**
   * Removes what dead workers left, and makes a new folder.
   *
   * @param directory made when absent
   */
  public static Scratch open(Path directory) {
    try {
      Files.createDirectories(directory);
      removeAbandoned(directory);
      while (true) {
        Path folder = directory.resolve(PREFIX + UUID.randomUUID());
        Path lockFile = directory.resolve(folder.getFileName() + LOCK);
        FileChannel channel =
            FileChannel.open(lockFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        // Null when another worker that starts took the new file for an abandoned one.
        if (channel.tryLock() != null) {
          // A throw-away server's account passes through; it can list nothing.
          Files.createDirectory(
              folder,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
          return new Scratch(folder, lockFile, channel);
        }
        channel.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the scratch directory " + directory + " cannot be used", e);
    }
  }

  private static void removeAbandoned(Path directory) throws IOException {
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(directory, PREFIX + "*" + LOCK)) {
      for (Path lockFile : locks) {
        removeIfAbandoned(lockFile);
      }
    }
  }

  private static void removeIfAbandoned(Path lockFile) throws IOException {
    try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock != null) {
        String name = lockFile.getFileName().toString();
        FileTree.delete(lockFile.resolveSibling(name.substring(0, name.length() - LOCK.length())));
        Files.deleteIfExists(lockFile);
      }
    } catch (java.nio.file.NoSuchFileException | OverlappingFileLockException othersWork) {
      // Another worker removes it, or lives in this very process.
      return;
    }
  }

  /** Exists until {@link #close}; what is put there is removed with it. */
  public Path folder() {
    return folder;
  }

  @Override
  public void close() throws IOException {
    FileTree.delete(folder);
    Files.deleteIfExists(lockFile);
    channel.close();
  }
}
