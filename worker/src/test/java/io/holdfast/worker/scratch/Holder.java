package io.holdfast.worker.scratch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Holds a lock until it is killed. */
final class Holder {
  private Holder() {}

  public static void main(String[] arguments) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                Path.of(arguments[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      System.out.print(lock.isValid() ? '+' : '-');
      System.out.flush();
      while (System.in.read() >= 0) {
        continue;
      }
    }
  }
}
