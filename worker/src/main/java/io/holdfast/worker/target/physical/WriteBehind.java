package io.holdfast.worker.target.physical;

import io.holdfast.worker.failure.JobStopped;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Brings large files to the disk while the next ones are written; left to the end, the disk would
 * idle first and be waited for afterwards. Small files and directories are left to the caller's
 * sync of the whole file system.
 */
final class WriteBehind implements Closeable {
  /** How much of one file may wait for the disk. */
  static final long STEP_BYTES = 64L * 1024 * 1024;

  private static final int THREADS = 2;
  private static final int WAITING = 16;

  private final AtomicReference<IOException> failure = new AtomicReference<>();
  private final ExecutorService disk =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(WAITING),
          Thread.ofPlatform().daemon().name("write-behind-", 0).factory(),
          // Who writes faster than the disk lends a hand.
          new ThreadPoolExecutor.CallerRunsPolicy());

  /**
   * What has been written to the file so far is to become durable soon.
   *
   * @throws IOException when an earlier one could not be
   */
  void add(Path file) throws IOException {
    refuseWhenFailed();
    disk.execute(() -> force(file));
  }

  private void force(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(false);
    } catch (IOException e) {
      failure.compareAndSet(null, e);
    }
  }

  /** Waits for all of them; nothing may be added after. */
  void await() throws IOException {
    disk.shutdown();
    try {
      while (!disk.awaitTermination(1, TimeUnit.MINUTES)) {
        continue;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JobStopped("interrupted while files were made durable");
    }
    refuseWhenFailed();
  }

  private void refuseWhenFailed() throws IOException {
    IOException first = failure.get();
    if (first != null) {
      throw first;
    }
  }

  /** Drops what waits. Idempotent. */
  @Override
  public void close() {
    disk.shutdownNow();
  }
}
