package io.holdfast.embedded.fault;

import io.holdfast.embedded.process.Command;
import io.holdfast.embedded.process.Folders;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A file system of its own over a folder, in memory, that is full soon. Closing it takes it away at
 * once, with whatever is open there. Needs root and a machine that lets it mount.
 */
public final class SmallDisk implements AutoCloseable {
  private static final Duration AT_ONCE = Duration.ofSeconds(20);

  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /**
   * @param folder is there, and what lies in it is hidden meanwhile
   * @throws IllegalStateException when it may not be mounted
   */
  public static SmallDisk over(Path folder, int megabytes) {
    mount("-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", folder.toString());
    return new SmallDisk(folder);
  }

  /**
   * Mounts one and takes it away again.
   *
   * @throws RuntimeException with why it cannot be done here
   */
  public static void attempt() {
    Path folder = Folders.temporary("small-disk");
    try (SmallDisk disk = over(folder, 1)) {
      disk.resize(2);
    } finally {
      Folders.delete(folder);
    }
  }

  public Path folder() {
    return folder;
  }

  public void resize(int megabytes) {
    mount("-o", "remount,size=" + megabytes + "m", folder.toString());
  }

  @Override
  public void close() {
    String unused = Command.of("umount", "-l", folder.toString()).run(AT_ONCE);
  }

  private static void mount(String... arguments) {
    String unused = Command.of("mount").with(arguments).run(AT_ONCE);
  }
}
