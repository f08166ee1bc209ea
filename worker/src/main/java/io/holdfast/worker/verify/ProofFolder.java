package io.holdfast.worker.verify;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/** A folder for one proof, gone with everything in it when the proof has ended. */
record ProofFolder(Path path) implements Closeable {
  /** Its own content stays private; the folder itself may be entered by the server's account. */
  static ProofFolder below(Path scratch) throws IOException {
    Path folder = Files.createTempDirectory(Files.createDirectories(scratch), "proof");
    return new ProofFolder(
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x")));
  }

  @Override
  public void close() throws IOException {
    Files.walkFileTree(
        path,
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
