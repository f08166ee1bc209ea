package io.holdfast.worker.wal.archive;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.failure.JobFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The data directory of a server on this host, of which nothing but finished files of WAL is read.
 * What its archiver has still to do stands in {@code pg_wal/archive_status}: a file {@code
 * <name>.ready} for each.
 *
 * @param data absolute, as this worker's configuration names it
 */
record ServerDirectory(Path data) {
  private static final String READY = ".ready";

  /** A file as it was at one moment: another one at another moment is another file. */
  record State(long bytes, FileTime modified, Object key) {}

  /** Whether a path that the server gave for its own directory is this one. */
  boolean is(Path given) {
    try {
      return given.isAbsolute() && Files.isSameFile(data, given);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * @throws JobFailure NODE_UNREACHABLE when it is not there or cannot be read
   */
  State state(WalFileName file) {
    Path path = path(file);
    try {
      BasicFileAttributes found =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!found.isRegularFile()) {
        throw unreadable(file, "it is no file");
      }
      return new State(found.size(), found.lastModifiedTime(), found.fileKey());
    } catch (NoSuchFileException e) {
      throw unreadable(file, "it is not there");
    } catch (IOException e) {
      throw unreadable(file, e.getClass().getSimpleName());
    }
  }

  InputStream open(WalFileName file) throws IOException {
    return Files.newInputStream(path(file), LinkOption.NOFOLLOW_LINKS);
  }

  /** Whether the archiver has still to be told that a file is stored. */
  boolean isReady(WalFileName file) {
    return Files.exists(status().resolve(file + READY), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * What the archiver will ask for, in its order: histories first, then by name. Empty when it
   * cannot be read, since the archiver asks for each anyway.
   */
  List<WalFileName> ready() {
    List<WalFileName> ready = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(status(), "*" + READY)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        Optional<WalFileName> parsed =
            WalFileName.parse(name.substring(0, name.length() - READY.length()));
        parsed.ifPresent(ready::add);
      }
    } catch (IOException unreadable) {
      return List.of();
    }
    ready.sort(
        Comparator.comparing((WalFileName file) -> file.kind() != WalFileName.Kind.HISTORY)
            .thenComparing(WalFileName::toString));
    return ready;
  }

  private Path path(WalFileName file) {
    return data.resolve("pg_wal").resolve(file.toString());
  }

  private Path status() {
    return data.resolve("pg_wal/archive_status");
  }

  private JobFailure unreadable(WalFileName file, String why) {
    return new JobFailure(
        ErrorCode.NODE_UNREACHABLE,
        file + " in the server's data directory cannot be read: " + why,
        "Let the worker's account read the data directory, or have the server send its files"
            + " (archive.transfer SEND).");
  }
}
