package io.holdfast.system;

import io.holdfast.system.clock.FileClock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Moves the clock of services that were started with its options; theirs goes on by itself from
 * wherever it is put. Only forward.
 */
final class MovedClock {
  private final Path classes;
  private final Path file;

  /**
   * @param folder for the clock's class and for the file that the services read
   */
  MovedClock(Path folder, Instant start) throws IOException {
    classes = Files.createDirectories(folder.resolve("clock"));
    file = folder.resolve("clock.txt");
    String name = FileClock.class.getName().replace('.', '/') + ".class";
    Files.createDirectories(classes.resolve(name).getParent());
    try (InputStream compiled = FileClock.class.getClassLoader().getResourceAsStream(name)) {
      Files.copy(compiled, classes.resolve(name));
    }
    Path services = Files.createDirectories(classes.resolve("META-INF/services"));
    Files.writeString(services.resolve(Clock.class.getName()), FileClock.class.getName() + "\n");
    put(Duration.between(Instant.now(), start));
  }

  /** What makes a JVM take its time from here. */
  List<String> jvmOptions() {
    return List.of("-Xbootclasspath/a:" + classes, "-D" + FileClock.FILE + "=" + file);
  }

  /** What the services show. */
  Instant now() throws IOException {
    return Instant.now().plusMillis(Long.parseLong(Files.readString(file).strip()));
  }

  /** Goes on to that moment, unless it has passed. */
  void moveTo(Instant moment) throws IOException {
    if (moment.isAfter(now())) {
      put(Duration.between(Instant.now(), moment));
    }
  }

  private void put(Duration ahead) throws IOException {
    Path next = file.resolveSibling("clock.next");
    Files.writeString(next, Long.toString(ahead.toMillis()));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
