package io.holdfast.worker.dump;

import io.holdfast.worker.process.ChildProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Pours a stream into a child. A child that stops reading is no failure by itself: its exit status
 * decides. A failure of the source is, and must not look like end of file to the child.
 */
public final class Feeder {
  private Feeder() {}

  /**
   * Closes the child's standard input at the end of {@code bytes}.
   *
   * @throws IOException when {@code bytes} cannot be read; the child is killed first
   */
  public static void feed(ChildProcess child, InputStream bytes) throws IOException {
    byte[] chunk = new byte[64 * 1024];
    while (true) {
      int n;
      try {
        n = bytes.read(chunk);
      } catch (IOException | RuntimeException e) {
        // Killed before its pipe closes: psql would commit what it has at end of file.
        child.close();
        throw e;
      }
      if (n < 0) {
        break;
      }
      try {
        child.stdin().write(chunk, 0, n);
      } catch (IOException e) {
        break; // it ended early; awaitSuccess tells whether that is fine
      }
    }
    closeQuietly(child.stdin());
  }

  private static void closeQuietly(OutputStream stdin) {
    try {
      stdin.close();
    } catch (IOException e) {
      // The pipe broke because the child has ended: its exit status says whether that is fine.
      return;
    }
  }
}
