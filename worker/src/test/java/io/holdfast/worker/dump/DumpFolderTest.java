package io.holdfast.worker.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DumpFolderTest {
  @TempDir Path scratch;

  @Test
  void tellsAFullDiskFromADamagedDump() throws Exception {
    try (DumpFolder folder = DumpFolder.create(scratch)) {
      Files.createSymbolicLink(folder.path().resolve("full"), Path.of("/dev/full"));
      assertThatThrownBy(() -> folder.keep("full", new ByteArrayInputStream(new byte[100_000])))
          .isInstanceOfSatisfying(
              JobFailure.class, f -> assertThat(f.code()).isEqualTo(ErrorCode.NO_SPACE));
      assertThatThrownBy(() -> folder.keep("bad", broken()))
          .isInstanceOfSatisfying(
              JobFailure.class, f -> assertThat(f.code()).isEqualTo(ErrorCode.ARTIFACT_DAMAGED));
    }
  }

  @Test
  void isGoneWithAllThatIsInItWhenClosed() throws Exception {
    try (DumpFolder folder = DumpFolder.create(scratch)) {
      Files.writeString(folder.path().resolve("1.dat"), "rows");
    }
    try (Stream<Path> left = Files.list(scratch)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void packsTheTableOfContentsFirst() throws Exception {
    try (DumpFolder folder = DumpFolder.create(scratch)) {
      for (String name : new String[] {"3001.dat", "blobs.toc", "toc.dat"}) {
        Files.writeString(folder.path().resolve(name), name);
      }
      ByteArrayOutputStream tar = new ByteArrayOutputStream();
      folder.pack(tar);
      TarArchiveInputStream entries =
          new TarArchiveInputStream(new ByteArrayInputStream(tar.toByteArray()));
      assertThat(entries.getNextEntry().getName()).isEqualTo("toc.dat");
    }
  }

  private static InputStream broken() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        throw new IOException("the store broke off");
      }
    };
  }
}
