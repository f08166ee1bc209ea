package io.holdfast.worker.repository.filesystem;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The folders below a root: made durably, removed when empty, and never left through a symbolic
 * link. The root itself may be one; a link below it is somebody's mistake or attack.
 */
final class Directories {
  private final Path root;

  Directories(Path root) {
    this.root = root;
  }

  /** Makes the folder of {@code file}; every new name in it survives a crash. */
  void makeParent(Path file) throws IOException {
    make(file.getParent());
  }

  private void make(Path folder) throws IOException {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (folder.equals(root)) {
      Files.createDirectories(root);
      return;
    }
    make(folder.getParent());
    try {
      Files.createDirectory(folder);
    } catch (FileAlreadyExistsException e) {
      refuseLinks(folder);
      return;
    }
    sync(folder.getParent());
  }

  /** Throws REPOSITORY_REFUSED when any name between the root and {@code path} is a link. */
  void refuseLinks(Path path) {
    for (Path at = path; !at.equals(root); at = at.getParent()) {
      if (Files.isSymbolicLink(at)) {
        throw new JobFailure(
            ErrorCode.REPOSITORY_REFUSED,
            "'" + root.relativize(at) + "' in the repository directory is a symbolic link",
            "A repository directory holds no links below its root; remove it.");
      }
    }
  }

  /** Removes the folder of {@code file} and those above it as long as they are empty. */
  void removeEmptyParents(Path file) throws IOException {
    for (Path at = file.getParent(); !at.equals(root); at = at.getParent()) {
      try {
        Files.delete(at);
      } catch (NoSuchFileException alreadyGone) {
        continue;
      } catch (DirectoryNotEmptyException inUse) {
        return;
      }
    }
  }

  static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
