package io.holdfast.worker.target.physical;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.scratch.FileTree;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One directory that a restore fills: refused when anything is there, locked against a second
 * restore, staged beside itself, and renamed into place by {@link #publish}. Until then the target
 * is as it was.
 */
final class TargetDirectory implements Closeable {
  /** In the names of what lies beside a target while it is restored. */
  private static final String BESIDE = ".holdfast-";

  /** What a shell reads even within double quotes, as pg_ctl writes them; and control codes. */
  private static final Pattern HARMFUL = Pattern.compile("[\"$`\\\\\\p{Cntrl}]");

  private final Path target;
  private final String run;
  private final Path staging;
  private final Path members;
  private final Path lockFile;
  private FileChannel channel;
  private FileLock lock;
  private PosixFileAttributes emptyBefore;

  private TargetDirectory(Path target, String run) {
    this.target = target;
    this.run = run;
    this.staging = target.resolveSibling(beside(target) + run);
    this.members = target.resolveSibling(beside(target) + run + "-members");
    this.lockFile = target.resolveSibling(beside(target) + "lock");
  }

  private static String beside(Path target) {
    return "." + target.getFileName() + BESIDE;
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
    if (target.getFileName().toString().contains(BESIDE)) {
      throw refused(target, "Holdfast itself uses such names", "Choose another name.");
    }
    if (HARMFUL.matcher(target.toString()).find()) {
      // Holdfast's own start shows it to no shell; whoever types pg_ctl there later does.
      throw refused(
          target,
          "its name would mean something to a shell",
          "Leave out double quotes, dollar signs, backquotes, backslashes and control codes.");
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
      if (lock == null || !isStillThere()) {
        channel.close();
        lock = null;
        throw held(null);
      }
      removeAbandoned();
      Files.createDirectory(
          staging,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (OverlappingFileLockException e) {
      JobFailure held = held(e);
      try {
        channel.close();
      } catch (IOException onClose) {
        held.addSuppressed(onClose);
      }
      throw held;
    } catch (IOException e) {
      throw DirectoryRestore.cannotWrite(staging, e);
    }
  }

  /** Whoever held the lock before removed the file; a lock on what is gone keeps nobody out. */
  private boolean isStillThere() throws IOException {
    byte[] mine = (run + " " + ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(mine), 0);
    return Files.exists(lockFile) && Arrays.equals(mine, Files.readAllBytes(lockFile));
  }

  /** What a restore left that was killed: nobody else holds the lock, so nobody writes there. */
  private void removeAbandoned() throws IOException {
    String beginning = beside(target);
    List<Path> abandoned;
    try (Stream<Path> siblings = Files.list(target.getParent())) {
      abandoned =
          siblings
              .filter(path -> path.getFileName().toString().startsWith(beginning))
              .filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
              .toList();
    }
    for (Path directory : abandoned) {
      FileTree.delete(directory);
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

  /** Another place beside the target, for what staging is made from; nothing is there yet. */
  Path members() {
    return members;
  }

  Path target() {
    return target;
  }

  /**
   * Whether one of the two lies in the other, by whatever names; two that are the same do.
   *
   * @throws JobFailure TARGET_REFUSED when that cannot be told
   */
  boolean overlaps(TargetDirectory other) {
    Path mine = realTarget();
    Path others = other.realTarget();
    return mine.startsWith(others) || others.startsWith(mine);
  }

  private Path realTarget() {
    Path existing = target;
    while (!Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
      existing = existing.getParent();
    }
    try {
      return existing.toRealPath().resolve(existing.relativize(target));
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.TARGET_REFUSED,
          "'" + existing + "' cannot be read",
          "Look at its permissions.",
          e);
    }
  }

  /** Renames staging into place. */
  void publish() {
    try {
      emptyBefore =
          Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)
              ? Files.readAttributes(target, PosixFileAttributes.class)
              : null;
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

  /** Takes back a {@link #publish}, because another directory of the same restore failed. */
  void withdraw(JobFailure because) {
    try {
      Files.move(target, staging, StandardCopyOption.ATOMIC_MOVE);
      if (emptyBefore != null) {
        Files.createDirectory(target);
        Files.setOwner(target, emptyBefore.owner());
        PosixFileAttributeView view =
            Files.getFileAttributeView(target, PosixFileAttributeView.class);
        view.setGroup(emptyBefore.group());
        view.setPermissions(emptyBefore.permissions());
      }
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }

  /** Removes what was not published and gives the lock back. Idempotent. */
  @Override
  public void close() throws IOException {
    if (lock == null) {
      return;
    }
    FileTree.delete(staging);
    FileTree.delete(members);
    Files.deleteIfExists(lockFile);
    lock = null;
    channel.close();
  }
}
