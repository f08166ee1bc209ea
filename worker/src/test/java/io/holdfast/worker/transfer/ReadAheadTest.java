package io.holdfast.worker.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ReadAheadTest {
  private static final byte[] BYTES = TransferTest.compressible(7_000_001);

  @Test
  void readsTheSameBytes() throws IOException {
    try (InputStream ahead = new ReadAhead(new ByteArrayInputStream(BYTES))) {
      assertThat(ahead.readAllBytes()).isEqualTo(BYTES);
      assertThat(ahead.read()).isEqualTo(-1);
    }
  }

  @Test
  void tellsAFailureBehindTheBytesBeforeIt() throws IOException {
    IOException cut = new IOException("cut");
    InputStream broken = new SequenceInputStream(new ByteArrayInputStream(BYTES), new Failing(cut));
    try (InputStream ahead = new ReadAhead(broken)) {
      assertThat(ahead.readNBytes(BYTES.length)).isEqualTo(BYTES);
      assertThatThrownBy(ahead::read).isSameAs(cut);
    }
  }

  @Test
  void closesWhileTheStreamIsSilent() throws IOException {
    CountDownLatch never = new CountDownLatch(1);
    InputStream silent =
        new InputStream() {
          @Override
          public int read() throws IOException {
            try {
              never.await();
            } catch (InterruptedException e) {
              throw new IOException("interrupted", e);
            }
            return -1;
          }
        };
    InputStream ahead = new ReadAhead(silent);
    ahead.close();
    assertThatThrownBy(ahead::read).isInstanceOf(IOException.class);
  }

  private static final class Failing extends InputStream {
    private final IOException failure;

    Failing(IOException failure) {
      this.failure = failure;
    }

    @Override
    public int read() throws IOException {
      throw failure;
    }
  }
}
