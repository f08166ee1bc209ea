package io.holdfast.worker.scratch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchTest {
  @TempDir Path directory;

  @Test
  void leavesNothingWhenItIsClosed() throws IOException {
    try (Scratch scratch = Scratch.open(directory)) {
      Files.createDirectories(scratch.folder().resolve("dump/below"));
      Files.writeString(scratch.folder().resolve("dump/below/rows"), "rows");
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void removesWhatAKilledWorkerLeft() throws Exception {
    Path rows = directory.resolve("worker-dead/dump/rows");
    Files.createDirectories(rows.getParent());
    Files.writeString(rows, "rows");
    Files.createFile(directory.resolve("worker-dead.lock"));
    try (Scratch scratch = Scratch.open(directory)) {
      assertThat(directory.resolve("worker-dead")).doesNotExist();
      assertThat(directory.resolve("worker-dead.lock")).doesNotExist();
      assertThat(scratch.folder()).isDirectory();
    }
  }

  @Test
  void leavesAloneWhatALivingWorkerHolds() throws Exception {
    Process living = holder();
    try {
      assertThat(living.getInputStream().read()).isEqualTo('+');
      Path folder = Files.createDirectory(directory.resolve("worker-living"));
      try (Scratch one = Scratch.open(directory);
          Scratch other = Scratch.open(directory)) {
        assertThat(folder).isDirectory();
        assertThat(one.folder()).isDirectory().isNotEqualTo(other.folder());
      }
    } finally {
      living.destroyForcibly().waitFor();
    }
    try (Scratch after = Scratch.open(directory)) {
      assertThat(directory.resolve("worker-living")).doesNotExist();
      assertThat(after.folder()).isDirectory();
    }
  }

  @Test
  void touchesNothingElseThere() throws IOException {
    Files.writeString(directory.resolve("notes"), "mine");
    Files.createDirectory(directory.resolve("worker-without-lock"));
    try (Scratch scratch = Scratch.open(directory)) {
      assertThat(List.of("notes", "worker-without-lock"))
          .allSatisfy(name -> assertThat(directory.resolve(name)).exists());
      assertThat(scratch.folder()).isDirectory();
    }
  }

  /** Another process with the lock. */
  private Process holder() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            directory.resolve("worker-living.lock").toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
