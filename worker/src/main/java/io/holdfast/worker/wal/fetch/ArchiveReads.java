package io.holdfast.worker.wal.fetch;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.wal.WalStore;
import java.io.Closeable;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * Archived files for servers that ask by name, one after the other: those that recover, and
 * standbys. Behind a segment that is there, the next ones of its timeline are read before they are
 * asked for. Where recovery leaves the timeline the server asks for another name, which is then
 * read at once. Thread-safe. Whoever opens it closes it.
 *
 * <p>Only what was found is ever given from memory: a file in an archive never changes. That
 * something was not there, or could not be read, is found out again when it is asked for, because a
 * standby asks for what is yet to come.
 */
public final class ArchiveReads implements Closeable {
  private static final int MOST_AHEAD = 16;
  private static final Duration FORGOTTEN_AFTER = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofSeconds(5);

  private final Clock clock;
  private final long aheadBytes;
  private final ScheduledExecutorService threads =
      Executors.newScheduledThreadPool(
          1 + Runtime.getRuntime().availableProcessors(),
          Thread.ofPlatform().daemon().name("wal-ahead-", 0).factory());
  private final List<Course> courses = new ArrayList<>();

  /** A server's way through an archive. Guarded by the list of them. */
  private static final class Course {
    private final WalStore store;
    private final ReadAhead ahead;
    private WalFileName last;
    private SegmentSize size;
    private Instant usedAt;

    private Course(WalStore store, ReadAhead ahead) {
      this.store = store;
      this.ahead = ahead;
    }

    private boolean near(WalStore archive, WalFileName file) {
      return store == archive
          && file.fits(size)
          && Math.abs(file.number(size) - last.number(size)) <= MOST_AHEAD;
    }

    private void follow(int files) {
      long number = last.number(size);
      ahead.follow(
          LongStream.rangeClosed(number + 1, number + files)
              .mapToObj(next -> WalFileName.segment(last.timeline(), next, size))
              .toList());
    }
  }

  /**
   * @param aheadBytes how much may wait in memory, for all servers together; a single segment that
   *     is longer may
   */
  public ArchiveReads(Clock clock, long aheadBytes) {
    this.clock = clock;
    this.aheadBytes = aheadBytes;
    var unused =
        threads.scheduleWithFixedDelay(
            this::forget, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** As {@link WalStore#get}, sooner. */
  public Optional<byte[]> get(WalStore store, WalFileName file) {
    if (file.kind() != WalFileName.Kind.SEGMENT) {
      return store.get(file);
    }
    Optional<byte[]> content = early(store, file).or(() -> store.get(file));
    content.ifPresent(bytes -> goOn(store, file, bytes.length));
    return content;
  }

  private Optional<byte[]> early(WalStore store, WalFileName file) {
    Optional<ReadAhead> ahead;
    synchronized (courses) {
      ahead =
          courses.stream()
              .filter(course -> course.store == store && course.ahead.has(file))
              .map(course -> course.ahead)
              .findFirst();
    }
    try {
      return ahead.isPresent() && ahead.get().take(file).orElse(null) instanceof Fetched.Present it
          ? Optional.of(it.content())
          : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JobFailure(
          ErrorCode.WORKER_STOPPING, "interrupted while reading WAL", "Try again.", e);
    }
  }

  private void goOn(WalStore store, WalFileName file, int bytes) {
    synchronized (courses) {
      if (threads.isShutdown()) {
        return;
      }
      Course course =
          courses.stream()
              .filter(known -> known.near(store, file))
              .min(Comparator.comparing(known -> !known.last.equals(file)))
              .or(() -> begin(store, bytes))
              .orElse(null);
      if (course == null) {
        return;
      }
      course.last = file;
      course.size = new SegmentSize(bytes);
      course.usedAt = clock.instant();
      // Who comes later takes from what the others may hold, at once.
      courses.forEach(each -> each.follow(files(each.size)));
    }
  }

  /** Empty when the others need the memory: then each file is read when it is asked for. */
  private Optional<Course> begin(WalStore store, int bytes) {
    long share = aheadBytes / (courses.size() + 1);
    boolean room = courses.stream().allMatch(course -> course.size.bytes() <= share);
    if (!courses.isEmpty() && (bytes > share || !room)) {
      return Optional.empty();
    }
    Course course = new Course(store, new ReadAhead(file -> read(store, file), threads));
    courses.add(course);
    return Optional.of(course);
  }

  private int files(SegmentSize size) {
    return (int) Math.clamp(aheadBytes / courses.size() / size.bytes(), 1L, (long) MOST_AHEAD);
  }

  private static Fetched read(WalStore store, WalFileName file) {
    try {
      return store.get(file).<Fetched>map(Fetched.Present::new).orElseGet(Fetched.Absent::new);
    } catch (JobFailure e) {
      return new Fetched.Unknown(e);
    } catch (UncheckedIOException e) {
      return new Fetched.Unknown(
          new JobFailure(
              ErrorCode.REPOSITORY_UNAVAILABLE, e.getMessage(), "Look at the repository.", e));
    }
  }

  /** Lets go of what servers have left behind that ask no more. */
  void forget() {
    Instant before = clock.instant().minus(FORGOTTEN_AFTER);
    synchronized (courses) {
      courses.removeIf(
          course -> {
            boolean left = course.usedAt.isBefore(before);
            if (left) {
              course.ahead.follow(List.of());
            }
            return left;
          });
    }
  }

  /** How many files are held or being read. */
  int held() {
    synchronized (courses) {
      return courses.stream().mapToInt(course -> course.ahead.size()).sum();
    }
  }

  /** How many of them have been read. */
  int ready() {
    synchronized (courses) {
      return courses.stream().mapToInt(course -> course.ahead.ready()).sum();
    }
  }

  @Override
  public void close() {
    synchronized (courses) {
      threads.shutdownNow();
      courses.clear();
    }
  }
}
