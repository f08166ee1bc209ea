package io.holdfast.api.notification;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Runs work by name on a few threads, never twice at once for one name: a target that does not
 * answer holds up its own messages and no others'. Work that is offered while it runs is dropped;
 * who offers looks again. Thread-safe.
 */
final class Lanes implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Lanes.class);
  private static final Duration LAST_RUN = Duration.ofSeconds(5);

  private final Set<String> busy = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads;

  Lanes(String name, int width) {
    threads =
        Executors.newFixedThreadPool(
            width, Thread.ofPlatform().daemon().name(name + "-", 1).factory());
  }

  void offer(String name, Consumer<String> work) {
    if (!busy.add(name)) {
      return;
    }
    try {
      threads.execute(() -> run(name, work));
    } catch (RejectedExecutionException closed) {
      busy.remove(name);
    }
  }

  private void run(String name, Consumer<String> work) {
    try {
      work.accept(name);
    } catch (RuntimeException e) {
      LOG.warnf(e, "%s: the next tick tries again", name);
    } finally {
      busy.remove(name);
    }
  }

  /** Waits a few seconds for what is under way: it may hold what is closed next. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(LAST_RUN.toMillis(), TimeUnit.MILLISECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }
}
