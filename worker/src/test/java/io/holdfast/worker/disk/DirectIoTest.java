package io.holdfast.worker.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectIoTest {
  private static final int BUFFER_BYTES = 64 * 1024;
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, 4095, 4096, 4097, BUFFER_BYTES, BUFFER_BYTES + 1, 3 * BUFFER_BYTES - 5})
  void aFileHasTheBytesAndTheLengthThatWereWritten(int length) throws IOException {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    Path file = Files.createFile(folder.resolve("file"));
    ByteBuffer buffer = DirectIo.buffer(BUFFER_BYTES);
    try (FileChannel channel = DirectIo.open(file, StandardOpenOption.WRITE)) {
      for (byte b : content) {
        buffer.put(b);
        if (!buffer.hasRemaining()) {
          DirectIo.writeFull(channel, buffer);
        }
      }
      DirectIo.writeTail(channel, buffer, length);
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(content);
  }

  @Test
  void followsNoLinkAndMakesNoFile() throws IOException {
    Path absent = folder.resolve("absent");
    assertThatThrownBy(() -> DirectIo.open(absent, StandardOpenOption.WRITE))
        .isInstanceOf(NoSuchFileException.class);
    Path file = Files.createFile(folder.resolve("file"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertThatThrownBy(() -> DirectIo.open(link, StandardOpenOption.WRITE))
        .isInstanceOf(IOException.class);
  }
}
