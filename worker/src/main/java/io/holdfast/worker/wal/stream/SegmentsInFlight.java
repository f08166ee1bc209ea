package io.holdfast.worker.wal.stream;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.Lsn;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.wal.archive.ClusterArchive;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Puts bytes together to segments and stores several at the same time. What is confirmed is stored,
 * and so is everything before it. Used by one thread.
 */
final class SegmentsInFlight implements Closeable {
  private static final Logger LOG = Logger.getLogger(SegmentsInFlight.class);
  private static final long BYTES_IN_FLIGHT = 32L * 1024 * 1024;
  private static final Set<ErrorCode> PASSING =
      EnumSet.of(ErrorCode.REPOSITORY_UNAVAILABLE, ErrorCode.NO_SPACE, ErrorCode.KEY_UNAVAILABLE);
  private static final Duration STORE_AGAIN_AFTER = Duration.ofSeconds(2);

  /**
   * For how long nothing is read from the server when the store takes nothing. A server cannot end
   * a sender whose receiver does not read, and its checkpoints and its shutdown wait for that: with
   * the connection gone it is free, and keeps what the slot is good for.
   */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  private final ClusterArchive archive;
  private final SegmentSize size;
  private final Waiter waiter;
  private final Clock clock;
  private final int timeline;
  private final int most;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(2, Thread.ofPlatform().name("wal-store-", 0).daemon().factory());
  private final Deque<InFlight> stored = new ArrayDeque<>();
  // Used again: as garbage they would fill the heap to its limit, whatever is needed of it.
  private final Deque<byte[]> spare = new ArrayDeque<>();
  private byte[] segment;
  private long number;
  private int filled;
  private Lsn confirmed;
  private GrowingSegment growing;

  /** A segment on its way, or a part of one. */
  private record InFlight(Lsn end, byte[] content, Future<Void> done) {}

  SegmentsInFlight(
      ClusterArchive archive, SegmentSize size, StartingPoint start, Waiter waiter, Clock clock) {
    this.archive = archive;
    this.size = size;
    this.waiter = waiter;
    this.clock = clock;
    this.timeline = start.timeline();
    this.most = (int) Math.max(1, BYTES_IN_FLIGHT / size.bytes());
    this.number = size.number(start.lsn());
    this.confirmed = start.lsn();
    this.growing = new GrowingSegment(archive.store(), name());
  }

  private WalFileName name() {
    return WalFileName.segment(timeline, number, size);
  }

  /** Up to where everything is stored. */
  Lsn confirmed() {
    return confirmed;
  }

  /**
   * Takes the next bytes.
   *
   * @throws IOException when they are not the next ones, or there is no room for them for long
   * @throws JobFailure when a segment can never be stored
   */
  void add(WalSender.Data data) throws IOException, InterruptedException {
    Lsn next = new Lsn(size.start(number).address() + filled);
    if (!data.at().equals(next)) {
      throw new IOException("the server sent WAL from " + data.at() + " where " + next + " is due");
    }
    while (data.bytes().hasRemaining()) {
      if (segment == null) {
        // Segments of the size in flight and the one that is filled: the bound on memory.
        awaitRoom();
        segment = spare.isEmpty() ? new byte[size.bytes()] : spare.pop();
      }
      int n = Math.min(data.bytes().remaining(), size.bytes() - filled);
      data.bytes().get(segment, filled, n);
      filled += n;
      if (filled == size.bytes()) {
        store(segment);
        segment = null;
        filled = 0;
        number++;
        growing = new GrowingSegment(archive.store(), name());
      }
    }
    settle(false);
  }

  private void awaitRoom() throws IOException, InterruptedException {
    Instant until = clock.instant().plus(LONGEST_WAIT);
    while (stored.size() >= most) {
      if (clock.instant().isAfter(until)) {
        throw new IOException("the store takes nothing, and the slot keeps the WAL meanwhile");
      }
      settle(true);
    }
  }

  private void store(byte[] whole) {
    WalFileName file = name();
    GrowingSegment parts = growing;
    Lsn end = size.start(number + 1);
    stored.add(
        new InFlight(
            end,
            whole,
            threads.submit(
                () -> {
                  untilStored(file, whole);
                  parts.discard();
                  return null;
                })));
  }

  /** A store that is away is waited for: the server keeps what is not confirmed. */
  private void untilStored(WalFileName file, byte[] whole)
      throws IOException, InterruptedException {
    while (true) {
      try {
        boolean unused = archive.push(file, new ByteArrayInputStream(whole), whole.length);
        return;
      } catch (JobFailure e) {
        if (!PASSING.contains(e.code())) {
          throw e;
        }
        LOG.warnf("%s is stored later: %s", file, e.getMessage());
      }
      waiter.await(STORE_AGAIN_AFTER.toNanos());
    }
  }

  /** Stores what there is of the segment that is being filled, when there is more than before. */
  void storeGrowing() {
    if (segment == null || filled <= growing.bytes()) {
      return;
    }
    try {
      growing.store(segment, filled, archive.declaration().archive().compressionLevel());
    } catch (JobFailure e) {
      LOG.warnf("the unfinished %s is stored later: %s", name(), e.getMessage());
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory failed", e);
    }
  }

  /**
   * Takes note of what has been stored.
   *
   * @param wait for the oldest one, a second at most
   */
  void settle(boolean wait) throws InterruptedException {
    while (!stored.isEmpty() && (wait || stored.peek().done().isDone())) {
      try {
        var unused = stored.peek().done().get(1, TimeUnit.SECONDS);
        InFlight settled = stored.remove();
        spare.push(settled.content());
        confirmed = settled.end();
      } catch (TimeoutException later) {
        return;
      } catch (ExecutionException e) {
        throw e.getCause() instanceof JobFailure failure
            ? failure
            : new IllegalStateException("storing WAL failed", e.getCause());
      } catch (CancellationException e) {
        throw new InterruptedException("stopped");
      }
      wait = false;
    }
  }

  /** Whether every whole segment is stored. */
  boolean settled() {
    return stored.isEmpty();
  }

  /** Stops storing; what is not confirmed is sent again. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
