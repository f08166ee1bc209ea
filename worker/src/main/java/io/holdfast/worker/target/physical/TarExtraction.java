package io.holdfast.worker.target.physical;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.disk.DirectIo;
import io.holdfast.worker.failure.JobFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Writes a tar's files below a directory, readable by their owner only, and nowhere else. */
public final class TarExtraction {
  private static final int CHUNK_BYTES = 512 * 1024;

  /** From here on a file is worth the aligned writes. */
  private static final long LARGE_BYTES = 256 * 1024;

  private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private TarExtraction() {}

  /**
   * Reads the stream to its very end. The caller closes it.
   *
   * @param heldBack names that are not written
   * @return the content of those that were there
   * @throws JobFailure ARTIFACT_DAMAGED when an entry leads outside, NO_SPACE, RESTORE_FAILED
   */
  public static Map<String, byte[]> extract(InputStream tar, Path root, Set<String> heldBack) {
    Map<String, byte[]> held = new TreeMap<>();
    byte[] buffer = new byte[CHUNK_BYTES];
    ByteBuffer aligned = DirectIo.buffer(2 * CHUNK_BYTES);
    try {
      TarArchiveInputStream entries = new TarArchiveInputStream(tar, 64 * 1024);
      for (TarArchiveEntry entry = entries.getNextEntry();
          entry != null;
          entry = entries.getNextEntry()) {
        Path path = root.resolve(entry.getName()).normalize();
        if (!path.startsWith(root) || entry.isSymbolicLink() || entry.isLink()) {
          throw new JobFailure(
              ErrorCode.ARTIFACT_DAMAGED,
              "an archive has an entry that leads outside: '" + entry.getName() + "'",
              "Use another backup; somebody changed this one.");
        }
        if (entry.isDirectory()) {
          createDirectories(path);
        } else if (heldBack.contains(entry.getName())) {
          held.put(entry.getName(), entries.readAllBytes());
        } else {
          write(path, entries, entry.getSize(), buffer, aligned);
        }
      }
      // The stream compares digests at its very end, behind the archive's.
      while (tar.read(buffer) >= 0) {
        continue;
      }
      return held;
    } catch (IOException e) {
      throw DirectoryRestore.cannotWrite(root, e);
    }
  }

  public static void createDirectories(Path directory) throws IOException {
    Files.createDirectories(directory, DIRECTORY);
  }

  private static void write(
      Path path, InputStream content, long size, byte[] buffer, ByteBuffer aligned)
      throws IOException {
    createDirectories(path.getParent());
    Files.createFile(path, FILE);
    if (size >= LARGE_BYTES) {
      writeLarge(path, content, buffer, aligned);
      return;
    }
    try (OutputStream out = Files.newOutputStream(path, StandardOpenOption.WRITE)) {
      for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
        out.write(buffer, 0, n);
      }
    }
  }

  private static void writeLarge(Path path, InputStream content, byte[] buffer, ByteBuffer aligned)
      throws IOException {
    aligned.clear();
    long length = 0;
    try (FileChannel file = DirectIo.open(path, StandardOpenOption.WRITE)) {
      for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
        length += n;
        for (int done = 0; done < n; ) {
          int step = Math.min(n - done, aligned.remaining());
          aligned.put(buffer, done, step);
          done += step;
          if (!aligned.hasRemaining()) {
            DirectIo.writeFull(file, aligned);
          }
        }
      }
      DirectIo.writeTail(file, aligned, length);
    }
  }

  /** The files at the top of a small tar, in memory. */
  public static Map<String, byte[]> inMemory(InputStream tar) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    TarArchiveInputStream entries = new TarArchiveInputStream(tar, StandardCharsets.UTF_8.name());
    for (TarArchiveEntry entry = entries.getNextEntry();
        entry != null;
        entry = entries.getNextEntry()) {
      if (entry.isFile() && !entry.getName().contains("/")) {
        files.put(entry.getName(), entries.readAllBytes());
      }
    }
    return files;
  }
}
