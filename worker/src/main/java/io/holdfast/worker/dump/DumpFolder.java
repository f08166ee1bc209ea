package io.holdfast.worker.dump;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.scratch.FileTree;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A scratch folder for a dump that cannot be streamed: directory format, or parallel restore of a
 * custom one. Owned by whoever opened it and removed with {@link #close}.
 */
public final class DumpFolder implements Closeable {
  private final Path root;

  private DumpFolder(Path root) {
    this.root = root;
  }

  /** An empty one below the worker's scratch directory. */
  public static DumpFolder create(Path scratch) {
    try {
      Files.createDirectories(scratch);
      return new DumpFolder(Files.createTempDirectory(scratch, "dump-"));
    } catch (IOException e) {
      throw noSpace(e);
    }
  }

  /** For {@code pg_dump --file}, which wants to make the folder itself or find it empty. */
  public Path path() {
    return root;
  }

  /** Unpacks the tar of a directory dump: plain files in one folder, nothing else is let in. */
  public void unpack(InputStream tar) {
    try {
      TarArchiveInputStream entries = new TarArchiveInputStream(tar);
      for (TarArchiveEntry e = entries.getNextEntry(); e != null; e = entries.getNextEntry()) {
        String name = e.getName().startsWith("./") ? e.getName().substring(2) : e.getName();
        if (e.isDirectory()) {
          continue;
        }
        if (!e.isFile() || !name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
          throw new JobFailure(
              ErrorCode.ARTIFACT_DAMAGED,
              "the tar of a directory dump holds an entry that pg_dump does not write",
              "verify the backup and restore from another one");
        }
        Files.copy(entries, root.resolve(name));
      }
      // Trailing blocks belong to the artifact: read on, so that its digest is of every byte.
      tar.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw unpackFailed(e);
    }
  }

  /** Keeps a stream as one file. */
  public Path keep(String name, InputStream bytes) {
    try {
      Path file = root.resolve(name);
      Files.copy(bytes, file);
      return file;
    } catch (IOException e) {
      throw unpackFailed(e);
    }
  }

  /** Writes every file as a tar; same files, same bytes. */
  public void pack(OutputStream out) throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(root)) {
      files = listed.sorted().toList();
    }
    TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8");
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    for (Path file : files) {
      TarArchiveEntry entry = new TarArchiveEntry(file.getFileName().toString());
      entry.setSize(Files.size(file));
      entry.setMode(0100600);
      tar.putArchiveEntry(entry);
      Files.copy(file, tar);
      tar.closeArchiveEntry();
    }
    tar.finish();
    tar.flush();
  }

  @Override
  public void close() {
    try {
      FileTree.delete(root);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static JobFailure unpackFailed(IOException e) {
    if (e instanceof java.nio.file.FileSystemException) {
      return noSpace(e);
    }
    return new JobFailure(
        ErrorCode.ARTIFACT_DAMAGED, "a dump could not be read to its end", "verify the backup", e);
  }

  private static JobFailure noSpace(IOException e) {
    return new JobFailure(
        ErrorCode.NO_SPACE,
        "the worker's scratch directory cannot be written",
        "check its free space and permissions (holdfast.worker.scratch-directory)",
        e);
  }
}
