package io.holdfast.worker.verify;

import io.holdfast.worker.scratch.FileTree;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A folder for one proof, gone with everything in it when the proof has ended. */
public record ProofFolder(Path path) implements Closeable {
  /** Its own content stays private; the folder itself may be entered by the server's account. */
  public static ProofFolder below(Path scratch) throws IOException {
    Path folder = Files.createTempDirectory(Files.createDirectories(scratch), "proof");
    return new ProofFolder(
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x")));
  }

  @Override
  public void close() throws IOException {
    FileTree.delete(path);
  }
}
