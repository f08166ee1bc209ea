package io.holdfast.worker.transfer;

import java.io.IOException;
import java.io.InputStream;

/**
 * Reads a stream from a thread of its own, a bounded way ahead of its reader: fetching and
 * decompressing go on while the reader digests and writes. A failure of the stream reaches the
 * reader behind the bytes that came before it.
 */
final class ReadAhead extends InputStream {
  private static final int PIPE_BYTES = 2 * 1024 * 1024;

  private final InputStream stream;
  private final BytePipe pipe = new BytePipe(PIPE_BYTES);
  private final InputStream ahead = pipe.reader();
  private final Thread thread;
  private volatile Throwable failure;

  ReadAhead(InputStream stream) {
    this.stream = stream;
    this.thread = Thread.ofPlatform().daemon().name("read-ahead").start(this::fetch);
  }

  private void fetch() {
    byte[] chunk = new byte[Transfer.CHUNK_BYTES];
    try {
      for (int n = stream.read(chunk); n >= 0; n = stream.read(chunk)) {
        pipe.write(chunk, 0, n);
      }
    } catch (IOException | RuntimeException | Error e) {
      failure = e;
    } finally {
      pipe.closeWriter();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int n = ahead.read(buffer, offset, length);
    if (n >= 0) {
      return n;
    }
    switch (failure) {
      case null -> {
        return -1;
      }
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  /** Ends the thread, then closes the stream. Idempotent. */
  @Override
  public void close() throws IOException {
    ahead.close();
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    stream.close();
  }
}
