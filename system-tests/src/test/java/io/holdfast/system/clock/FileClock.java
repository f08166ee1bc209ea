package io.holdfast.system.clock;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * So many milliseconds ahead of the system's time as a file says, read again ten times a second.
 */
public final class FileClock extends Clock {
  /** The system property that names the file. */
  public static final String FILE = "holdfast.system-tests.clock";

  private static final long STALE_NANOS = 100_000_000;

  private final Path file = Path.of(System.getProperty(FILE));
  private volatile long aheadMillis = read();
  private volatile long readAt = System.nanoTime();

  @Override
  public Instant instant() {
    if (System.nanoTime() - readAt > STALE_NANOS) {
      aheadMillis = read();
      readAt = System.nanoTime();
    }
    return Instant.now().plusMillis(aheadMillis);
  }

  private long read() {
    try {
      return Long.parseLong(Files.readString(file).strip());
    } catch (IOException e) {
      throw new UncheckedIOException("the clock has no file " + file, e);
    }
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return Clock.offset(Clock.system(zone), Duration.ofMillis(aheadMillis));
  }
}
