package io.holdfast.worker.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class BytePipeTest {
  private static final byte[] CONTENT = new byte[300_000];

  static {
    new Random(7).nextBytes(CONTENT);
  }

  @Test
  void theReaderGetsEveryByteInOrderAndThenTheEnd() throws Exception {
    BytePipe pipe = new BytePipe(1000);
    CompletableFuture<byte[]> read =
        CompletableFuture.supplyAsync(
            () -> {
              try (InputStream in = pipe.reader()) {
                return in.readAllBytes();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    for (int at = 0; at < CONTENT.length; at += 777) {
      pipe.write(CONTENT, at, Math.min(777, CONTENT.length - at));
    }
    pipe.closeWriter();
    assertThat(read.get()).isEqualTo(CONTENT);
  }

  @Test
  void whatIsWrittenIsReadableAtOnce() throws Exception {
    BytePipe pipe = new BytePipe(1000);
    InputStream in = pipe.reader();
    pipe.write(CONTENT, 0, 10);
    byte[] buffer = new byte[100];
    assertThat(in.read(buffer)).isEqualTo(10);
    assertThat(Arrays.copyOf(buffer, 10)).isEqualTo(Arrays.copyOf(CONTENT, 10));
  }

  @Test
  void aWriterThatWaitsFailsWhenTheReaderGoes() throws Exception {
    BytePipe pipe = new BytePipe(1000);
    InputStream in = pipe.reader();
    pipe.write(CONTENT, 0, 1000);
    CompletableFuture<Void> closing =
        CompletableFuture.runAsync(
            () -> {
              try {
                in.close();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    assertThatThrownBy(() -> pipe.write(CONTENT, 0, 1)).isInstanceOf(IOException.class);
    closing.get();
  }
}
