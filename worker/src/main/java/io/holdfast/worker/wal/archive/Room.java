package io.holdfast.worker.wal.archive;

import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * What bounds the memory of all files that are being stored at once, by their plain bytes: whoever
 * finds no room waits, in order. Thread-safe.
 */
final class Room {
  private static final int MEBIBYTES = 64;
  private static final long MEBIBYTE = 1024L * 1024;

  private final Semaphore mebibytes = new Semaphore(MEBIBYTES, true);

  /** Something that stores a file. */
  interface Push {
    boolean push() throws IOException;
  }

  /**
   * @param bytes of the plain file, at most {@link ClusterArchive#LARGEST_SEGMENT}
   */
  boolean within(long bytes, Push push) throws IOException {
    int wanted = (int) Math.max(1, Math.ceilDiv(bytes, MEBIBYTE));
    mebibytes.acquireUninterruptibly(wanted);
    try {
      return push.push();
    } finally {
      mebibytes.release(wanted);
    }
  }
}
