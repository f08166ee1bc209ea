package io.holdfast.worker.target.physical;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One directory that a restore fills: refused when anything is there, locked against a second
 * restore, staged beside itself, and renamed into place by {@link #publish}. Until then the target
 * is as it was.
 */
final class TargetDirectory implements Closeable {
  private final Path target;
  private final Path staging;
  private final Path lockFile;
  private FileChannel channel;
  private FileLock lock;

  private TargetDirectory(Path target, String run) {
    this.target = target;
    Path name = target.getFileName();
    this.staging = target.resolveSibling("." + name + ".holdfast-" + run);
    this.lockFile = target.resolveSibling("." + name + ".holdfast-lock");
  }

  /**
   * Looks, and touches nothing.
   *
   * @throws JobFailure TARGET_REFUSED or TARGET_NOT_EMPTY
   */
  static TargetDirectory check(Path target, Predicate<Path> allowed, String run) {
    if (!target.isAbsolute() || !target.equals(target.normalize()) || target.getParent() == null) {
      throw refused(target, "it is not a plain absolute path", "Write it without '.' and '..'.");
    }
    if (!allowed.test(target)) {
      throw refused(
          target,
          "it lies below none of the worker's allowed roots",
          "Choose a directory below one, or add a root to 'roots.restores' in the worker's"
              + " credentials file.");
    }
    if (Files.exists(target.resolve("postmaster.pid"), LinkOption.NOFOLLOW_LINKS)) {
      throw new JobFailure(
          ErrorCode.TARGET_NOT_EMPTY,
          "'" + target + "' is a data directory and a server runs there, or did until it crashed",
          "Choose another directory.");
    }
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      requireEmptyDirectory(target);
    }
    return new TargetDirectory(target, run);
  }

  private static void requireEmptyDirectory(Path target) {
    if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
      throw refused(target, "it is not a directory", "Choose another one.");
    }
    try (Stream<Path> children = Files.list(target)) {
      if (children.findAny().isPresent()) {
        throw new JobFailure(
            ErrorCode.TARGET_NOT_EMPTY,
            "'" + target + "' is not empty",
            "Choose a directory that is empty or does not exist; Holdfast overwrites nothing.");
      }
      if (!Files.getAttribute(target, "unix:dev")
          .equals(Files.getAttribute(target.getParent(), "unix:dev"))) {
        throw refused(target, "it is a mount point", "Choose a directory inside it.");
      }
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.TARGET_REFUSED,
          "'" + target + "' cannot be read",
          "Look at its permissions.",
          e);
    }
  }

  private static JobFailure refused(Path target, String because, String hint) {
    return new JobFailure(
        ErrorCode.TARGET_REFUSED, "cannot restore into '" + target + "': " + because, hint);
  }

  /** Takes the lock and makes the empty staging directory. */
  void stage() {
    try {
      Files.createDirectories(target.getParent());
      channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      lock = channel.tryLock();
      if (lock == null) {
        throw held(null);
      }
      Files.createDirectory(
          staging,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (OverlappingFileLockException e) {
      throw held(e);
    } catch (IOException e) {
      throw DirectoryRestore.cannotWrite(staging, e);
    }
  }

  private JobFailure held(Exception cause) {
    return new JobFailure(
        ErrorCode.TARGET_REFUSED,
        "another restore into '" + target + "' is running",
        "Wait for it, cancel it, or choose another directory.",
        cause);
  }

  Path staging() {
    return staging;
  }

  Path target() {
    return target;
  }

  /** Renames staging into place. */
  void publish() {
    try {
      Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel parent = FileChannel.open(target.getParent())) {
        parent.force(true);
      }
    } catch (AtomicMoveNotSupportedException e) {
      throw refused(target, "it is on another file system than its parent", "Choose another one.");
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.TARGET_NOT_EMPTY,
          "'" + target + "' could not be put in place: something appeared there meanwhile",
          "Choose another directory.",
          e);
    }
  }

  /** Removes what was not published and gives the lock back. Idempotent. */
  @Override
  public void close() throws IOException {
    if (lock == null) {
      return;
    }
    removeTree(staging);
    Files.deleteIfExists(lockFile);
    lock = null;
    channel.close();
  }

  private static void removeTree(Path root) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure)
              throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
