package io.holdfast.worker.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.source.Source;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PumpTest {
  private static final byte[] BYTES = TransferTest.compressible(5_000_003);

  @Test
  void everyStepSeesEveryByteInOrder() throws IOException {
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    ByteArrayOutputStream second = new ByteArrayOutputStream();
    run(TransferTest.source(new ByteArrayInputStream(BYTES), null), into(first), into(second));
    assertThat(first.toByteArray()).isEqualTo(BYTES);
    assertThat(second.toByteArray()).isEqualTo(BYTES);
  }

  @Test
  void aStepThatFailsEndsASourceThatSaysNothing() {
    Silent silent = new Silent();
    IOException full = new IOException("no space left");
    assertThatThrownBy(
            () ->
                run(
                    silent,
                    into(new ByteArrayOutputStream()),
                    (buffer, length) -> {
                      throw full;
                    }))
        .isSameAs(full);
    assertThat(silent.closed).isTrue();
  }

  @Test
  void aSourceThatFailsEndsAStepThatWaits() {
    JobFailure died = new JobFailure(ErrorCode.SOURCE_FAILED, "pg_dump died", null);
    CountDownLatch waits = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    assertThatThrownBy(
            () ->
                run(
                    TransferTest.source(new OneChunkThen(waits, died), null),
                    (buffer, length) -> {
                      waits.countDown();
                      try {
                        never.await();
                      } catch (InterruptedException e) {
                        interrupted.set(true);
                      }
                    }))
        .isSameAs(died);
    assertThat(interrupted).isTrue();
  }

  private static void run(Source source, Pump.Step... steps) throws IOException {
    Pump.run(new SourceInput(source, Progress.silent()), source::close, List.of(steps));
  }

  private static Pump.Step into(ByteArrayOutputStream out) {
    return (buffer, length) -> out.write(buffer, 0, length);
  }

  /** A chunk, then, after the signal, the failure. */
  private static final class OneChunkThen extends InputStream {
    private final CountDownLatch signal;
    private final JobFailure failure;
    private int left = Transfer.CHUNK_BYTES;

    OneChunkThen(CountDownLatch signal, JobFailure failure) {
      this.signal = signal;
      this.failure = failure;
    }

    @Override
    public int read() throws IOException {
      if (left-- > 0) {
        return 'x';
      }
      try {
        signal.await();
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
      throw failure;
    }
  }

  /** A chunk, then nothing until it is closed. */
  private static final class Silent implements Source {
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean closed;

    @Override
    public InputStream stream() {
      return new InputStream() {
        private int left = Transfer.CHUNK_BYTES;

        @Override
        public int read() throws IOException {
          if (left-- > 0) {
            return 'x';
          }
          try {
            ended.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          throw new IOException("closed");
        }
      };
    }

    @Override
    public void complete() {}

    @Override
    public void close() {
      closed = true;
      ended.countDown();
    }
  }
}
