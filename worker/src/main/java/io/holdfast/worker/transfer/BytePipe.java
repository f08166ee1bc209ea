package io.holdfast.worker.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/**
 * A bounded pipe between two threads that wakes the other side at once. The JDK's own wakes it only
 * when the pipe is completely full or empty (otherwise once a second), so that writer and reader
 * take turns instead of working at the same time.
 */
public final class BytePipe {
  private final byte[] ring;
  private int first;
  private int filled;
  private boolean writerClosed;
  private boolean readerClosed;

  public BytePipe(int capacity) {
    ring = new byte[capacity];
  }

  /**
   * Blocks while the pipe is full.
   *
   * @throws IOException when the reader has closed its side, or the thread is interrupted
   */
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      while (filled == ring.length && !readerClosed) {
        await();
      }
      if (readerClosed) {
        throw new IOException("nobody reads the pipe any more");
      }
      int at = (first + filled) % ring.length;
      int room = Math.min(ring.length - filled, ring.length - at);
      int step = Math.min(room, length - done);
      System.arraycopy(bytes, offset + done, ring, at, step);
      filled += step;
      done += step;
      notifyAll();
    }
  }

  /** The reader finds the end behind what was written. Idempotent. */
  public synchronized void closeWriter() {
    writerClosed = true;
    notifyAll();
  }

  /** The reading side; closing it makes the writer fail instead of wait. */
  public InputStream reader() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        return take(buffer, offset, length);
      }

      @Override
      public void close() {
        closeReader();
      }
    };
  }

  private synchronized int take(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (filled == 0 && !writerClosed && !readerClosed) {
      await();
    }
    if (readerClosed) {
      throw new IOException("the pipe is closed");
    }
    if (filled == 0) {
      return -1;
    }
    int step = Math.min(length, Math.min(filled, ring.length - first));
    System.arraycopy(ring, first, buffer, offset, step);
    first = (first + step) % ring.length;
    filled -= step;
    notifyAll();
    return step;
  }

  private synchronized void closeReader() {
    readerClosed = true;
    notifyAll();
  }

  private void await() throws InterruptedIOException {
    try {
      wait();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted in a pipe");
    }
  }
}
