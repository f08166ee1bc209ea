package io.holdfast.api.outbox;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * Runs one piece of work on a thread of its own, never twice at once. A ring during a run causes
 * one more run, however many rings there were, so nothing that was rung for is missed and nothing
 * piles up. Thread-safe. Once closed it hears nothing: what waits in the catalog is found by
 * another replica or after the next start.
 */
public final class Doorbell implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Doorbell.class);
  private static final Duration LAST_RUN = Duration.ofSeconds(5);

  private final String name;
  private final Runnable work;
  private final ExecutorService thread;
  private final AtomicInteger rings = new AtomicInteger();
  private volatile boolean closed;

  public Doorbell(String name, Runnable work) {
    this.name = name;
    this.work = work;
    this.thread =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name(name).factory());
  }

  public void ring() {
    if (closed || rings.getAndIncrement() > 0) {
      return;
    }
    try {
      thread.execute(this::answer);
    } catch (RejectedExecutionException closedMeanwhile) {
      LOG.debugf("%s is closed", name);
    }
  }

  private void answer() {
    int heard;
    do {
      heard = rings.get();
      try {
        work.run();
      } catch (RuntimeException e) {
        LOG.warnf(e, "%s: the next ring tries again", name);
      }
    } while (!closed && !rings.compareAndSet(heard, 0));
  }

  /** Waits a few seconds for the run that is under way: it may hold what is closed next. */
  @Override
  public void close() {
    closed = true;
    thread.shutdown();
    try {
      if (!thread.awaitTermination(LAST_RUN.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warnf("%s is still busy and is left behind", name);
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }
}
