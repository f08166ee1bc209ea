package io.holdfast.worker.wal.fetch;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.TimelineHistory;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.model.wal.WalFileName.Kind;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.wal.WalStore;
import java.io.Closeable;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;

/**
 * Reads the archived WAL on the way to one timeline, several segments ahead. Thread-safe. Whoever
 * opens it closes it, from any thread: who waits for the store then waits no more. The store stays
 * open.
 *
 * <p>A segment of which only an unfinished part is there is given, filled up with zeros, when the
 * whole one is certainly absent and nothing of the next one is there: nobody will finish it.
 */
public final class WalFetch implements Closeable {
  /**
   * @param aheadBytes how much may wait in memory; one segment always may
   * @param patience how long a store that is away is asked again
   * @param pause between two such questions
   */
  public record Settings(long aheadBytes, Duration patience, Duration pause) {
    /** 64 MiB, ten minutes, a second. */
    public static Settings standard() {
      return new Settings(64L << 20, Duration.ofMinutes(10), Duration.ofSeconds(1));
    }
  }

  private static final int MOST_AHEAD = 16;
  private static final int MOST_REPLACED = 3;

  private final WalStore store;
  private final WalOrder order;
  private final Settings settings;
  private final Waiter waiter;
  private final ExecutorService readers;
  private final int window;
  private volatile boolean closed;
  private final ReadAhead ahead;
  private final AtomicReference<JobFailure> trouble = new AtomicReference<>();

  public WalFetch(WalStore store, WalOrder order, Settings settings, Waiter waiter) {
    this.store = store;
    this.order = order;
    this.settings = settings;
    this.waiter = waiter;
    this.window =
        (int) Math.clamp(settings.aheadBytes() / order.size().bytes(), 1L, (long) MOST_AHEAD);
    this.readers =
        Executors.newFixedThreadPool(
            Math.min(window, 1 + Runtime.getRuntime().availableProcessors()),
            Thread.ofPlatform().daemon().name("wal-fetch-", 0).factory());
    this.ahead = new ReadAhead(this::ask, readers);
  }

  public WalOrder order() {
    return order;
  }

  /** Why a file was last withheld; empty when every question was answered. */
  public Optional<JobFailure> trouble() {
    return Optional.ofNullable(trouble.get());
  }

  /**
   * A file as a server that recovers asks for it.
   *
   * @param file a segment that lies not on the way is {@link Fetched.Absent}, whatever the archive
   *     holds
   */
  public Fetched get(WalFileName file) {
    Fetched fetched =
        switch (file.kind()) {
          case SEGMENT -> closed ? new Fetched.Unknown(stopping(null)) : segment(file);
          case HISTORY -> ask(file);
          case PARTIAL, BACKUP_HISTORY -> new Fetched.Absent();
        };
    if (fetched instanceof Fetched.Unknown unknown) {
      trouble.set(unknown.because());
    }
    return fetched;
  }

  /**
   * The segment with a number, from whichever timeline has it, for a server that knows one of them
   * only.
   *
   * @param timeline what was written after this one was left is cut off
   */
  public Fetched at(long number, int timeline) {
    return switch (at(number)) {
      case Fetched.Present present ->
          new Fetched.Present(order.cut(timeline, number, present.content()));
      case Fetched.Absent absent -> absent;
      case Fetched.Unknown unknown -> unknown;
    };
  }

  /** The segment with a number, by whatever timeline there is of it, as a server would read it. */
  public Fetched at(long number) {
    Fetched fetched = get(order.segment(number));
    List<TimelineHistory.Ancestor> ancestors = order.history().ancestors();
    for (int i = ancestors.size() - 1; i >= 0 && fetched instanceof Fetched.Absent; i--) {
      fetched = get(WalFileName.segment(ancestors.get(i).timeline(), number, order.size()));
    }
    return fetched;
  }

  private Fetched segment(WalFileName file) {
    if (order.has(file)) {
      return onTheWay(file);
    }
    return order.wasLeftWithin(file) ? left(file) : new Fetched.Absent();
  }

  /** The timeline goes on in a segment that is not there: its beginning is that of the old one. */
  private Fetched left(WalFileName file) {
    Fetched newer = onTheWay(order.segment(file.number(order.size())));
    return switch (newer) {
      // The server asks for the newer one first; who asks for this one nevertheless gets none.
      case Fetched.Present present -> new Fetched.Absent();
      case Fetched.Unknown unknown -> unknown;
      case Fetched.Absent absent ->
          switch (ask(file)) {
            case Fetched.Present old ->
                new Fetched.Present(
                    order.cut(file.timeline(), file.number(order.size()), old.content()));
            case Fetched.Absent nothing -> nothing;
            case Fetched.Unknown unknown -> unknown;
          };
    };
  }

  private Fetched onTheWay(WalFileName file) {
    boolean early = ahead.has(file);
    ahead.follow(window(file));
    try {
      // What was not there when it was read ahead may have come meanwhile.
      return ahead
          .take(file)
          .filter(fetched -> !early || fetched instanceof Fetched.Present)
          .orElseGet(() -> ask(file));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Fetched.Unknown(stopping(e));
    }
  }

  private List<WalFileName> window(WalFileName file) {
    long number = file.number(order.size());
    return LongStream.range(number, number + window).mapToObj(order::segment).toList();
  }

  private static JobFailure stopping(Exception cause) {
    return new JobFailure(
        ErrorCode.WORKER_STOPPING, "interrupted while reading WAL", "Try again.", cause);
  }

  private Fetched ask(WalFileName file) {
    long begun = System.nanoTime();
    for (int tries = 1; ; tries++) {
      JobFailure failure;
      try {
        return once(file);
      } catch (JobFailure e) {
        failure = e;
      } catch (UncheckedIOException e) {
        failure =
            new JobFailure(
                ErrorCode.REPOSITORY_UNAVAILABLE, e.getMessage(), "Look at the repository.", e);
      }
      // A growing segment may be replaced by a longer one between the look and the read.
      boolean replaced = failure.code() == ErrorCode.ARTIFACT_DAMAGED && tries < MOST_REPLACED;
      if (closed
          || (failure.code() != ErrorCode.REPOSITORY_UNAVAILABLE && !replaced)
          || System.nanoTime() - begun >= settings.patience().toNanos()) {
        return new Fetched.Unknown(failure);
      }
      try {
        waiter.await(settings.pause().toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Fetched.Unknown(stopping(e));
      }
    }
  }

  private Fetched once(WalFileName file) {
    Optional<byte[]> whole = store.get(file);
    if (whole.isEmpty() && file.kind() == Kind.SEGMENT) {
      whole = unfinished(file);
    }
    return whole.<Fetched>map(Fetched.Present::new).orElseGet(Fetched.Absent::new);
  }

  private Optional<byte[]> unfinished(WalFileName file) {
    SegmentSize size = order.size();
    WalFileName next = WalFileName.segment(file.timeline(), file.number(size) + 1, size);
    if (store.has(next) || store.has(next.partial())) {
      return Optional.empty();
    }
    Optional<byte[]> partial = store.get(file.partial());
    Optional<byte[]> growing = store.growing(file);
    if (partial.isEmpty() && growing.isEmpty()) {
      return Optional.empty();
    }
    // Both are beginnings of the same segment. Who knows more of it cannot be told by their sizes:
    // a partial file is filled up. What the stream received is certain as far as it goes.
    byte[] content = partial.orElseGet(() -> new byte[size.bytes()]);
    growing.ifPresent(bytes -> System.arraycopy(bytes, 0, content, 0, bytes.length));
    return Optional.of(content);
  }

  @Override
  public void close() {
    closed = true;
    readers.shutdownNow();
  }
}
