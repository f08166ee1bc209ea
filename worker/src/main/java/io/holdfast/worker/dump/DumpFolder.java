package io.holdfast.worker.dump;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.scratch.FileTree;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
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
  private static final String TABLE_OF_CONTENTS = "toc.dat";

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

  /**
   * @throws JobFailure NO_SPACE when so much does not fit, before anything was written
   */
  public void requireSpace(long bytes) {
    long free;
    try {
      free = Files.getFileStore(root).getUsableSpace();
    } catch (IOException e) {
      throw noSpace(e);
    }
    if (free < bytes) {
      throw new JobFailure(
          ErrorCode.NO_SPACE,
          "the dump needs "
              + bytes
              + " bytes in the worker's scratch directory, which has "
              + free
              + " free",
          "make room there (holdfast.worker.scratch-directory), or restore with one job from a"
              + " backup in format CUSTOM, which needs none");
    }
  }

  /** Unpacks the tar of a directory dump: plain files in one folder, nothing else is let in. */
  public void unpack(InputStream tar) {
    eachFile(
        tar,
        (name, content) -> {
          copy(content, root.resolve(name));
          return true;
        });
  }

  /**
   * The table of contents out of the tar of a directory dump, with nothing kept on disk. Reads no
   * further than it must.
   */
  public static DumpToc tableOfContents(InputStream tar) {
    List<DumpToc> found = new ArrayList<>(1);
    eachFile(
        tar,
        (name, content) -> {
          if (name.equals(TABLE_OF_CONTENTS)) {
            found.add(DumpToc.read(new BufferedInputStream(content)));
          }
          return found.isEmpty();
        });
    if (found.isEmpty()) {
      throw new JobFailure(
          ErrorCode.ARTIFACT_DAMAGED,
          "a directory dump has no table of contents",
          "verify the backup and restore from another one");
    }
    return found.getFirst();
  }

  private interface Visitor {
    /** Whether to go on. */
    boolean file(String name, InputStream content) throws IOException;
  }

  private static void eachFile(InputStream tar, Visitor visitor) {
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
        if (!visitor.file(name, entries)) {
          return;
        }
      }
      // Trailing blocks belong to the artifact: read on, so that its digest is of every byte.
      tar.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Keeps a stream as one file. */
  public Path keep(String name, InputStream bytes) {
    try {
      Path file = root.resolve(name);
      copy(bytes, file);
      return file;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** A full disk must not be taken for a damaged dump, so reading and writing fail apart. */
  private static void copy(InputStream bytes, Path file) throws IOException {
    byte[] chunk = new byte[64 * 1024];
    try (OutputStream out = newFile(file)) {
      for (int n = bytes.read(chunk); n >= 0; n = bytes.read(chunk)) {
        write(out, chunk, n);
      }
    }
  }

  private static OutputStream newFile(Path file) {
    try {
      return Files.newOutputStream(file);
    } catch (IOException e) {
      throw noSpace(e);
    }
  }

  private static void write(OutputStream out, byte[] chunk, int length) {
    try {
      out.write(chunk, 0, length);
    } catch (IOException e) {
      throw noSpace(e);
    }
  }

  /** Writes every file as a tar, the table of contents first; same files, same bytes. */
  public void pack(OutputStream out) throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(root)) {
      files =
          listed
              .sorted(
                  Comparator.comparing((Path p) -> !p.endsWith(TABLE_OF_CONTENTS))
                      .thenComparing(Comparator.naturalOrder()))
              .toList();
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

  private static JobFailure unreadable(IOException e) {
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
