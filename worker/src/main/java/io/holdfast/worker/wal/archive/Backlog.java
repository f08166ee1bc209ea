package io.holdfast.worker.wal.archive;

import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.failure.JobStopped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Stores what a server's archiver asks for and, meanwhile, what it will ask for next: its archiver
 * asks for one file at a time. A file is read only once the server has marked it as ready, and the
 * server is told that it is stored only when it asks. Thread-safe.
 */
final class Backlog {
  /** Files that are being stored or are stored and not asked for yet. */
  private static final int AHEAD = 8;

  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private final ServerDirectory server;
  private final Pushing pushing;
  private final ExecutorService threads;
  private final Map<WalFileName, Ahead> uploads = new HashMap<>();
  private final Deque<WalFileName> next = new ArrayDeque<>();

  /** Stores a file of the server; as {@link ClusterArchive#push}. */
  interface Pushing {
    boolean push(WalFileName file, ServerDirectory server, long bytes) throws IOException;
  }

  private record Ahead(ServerDirectory.State state, Future<Boolean> stored) {}

  Backlog(ServerDirectory server, Pushing pushing, ExecutorService threads) {
    this.server = server;
    this.pushing = pushing;
    this.threads = threads;
  }

  ServerDirectory server() {
    return server;
  }

  /**
   * Returns when a file is durable and confirmed.
   *
   * @return whether it was stored for the first time
   * @throws JobFailure as {@link ClusterArchive#push}, NODE_UNREACHABLE when the file cannot be
   *     read
   */
  boolean archive(WalFileName file) throws IOException {
    ServerDirectory.State state = server.state(file);
    Ahead ahead;
    synchronized (uploads) {
      ahead = uploads.remove(file);
      next.remove(file);
    }
    if (ahead != null && ahead.state().equals(state)) {
      try {
        return await(file, ahead.stored());
      } catch (JobFailure failed) {
        // What was tried early may have failed long ago; what counts is whether it fails now.
      }
    }
    return await(file, submit(file, state));
  }

  /** While the server waits for one file, others become ready. */
  private boolean await(WalFileName asked, Future<Boolean> stored) throws IOException {
    while (true) {
      synchronized (uploads) {
        storeAhead(asked);
      }
      try {
        return stored.get(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException notYet) {
        continue;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new JobStopped("interrupted while a file of WAL was stored");
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case IOException cause -> throw cause;
          case RuntimeException cause -> throw cause;
          default -> throw new UncheckedIOException(new IOException(e.getCause()));
        }
      }
    }
  }

  private void storeAhead(WalFileName asked) {
    if (uploads.size() >= AHEAD) {
      uploads.keySet().removeIf(file -> !server.isReady(file));
    }
    if (next.isEmpty() && uploads.size() < AHEAD) {
      server.ready().stream()
          .filter(file -> !file.equals(asked) && !uploads.containsKey(file))
          .forEach(next::add);
    }
    while (uploads.size() < AHEAD && !next.isEmpty()) {
      WalFileName file = next.poll();
      if (server.isReady(file)) {
        start(file);
      }
    }
  }

  private void start(WalFileName file) {
    try {
      ServerDirectory.State state = server.state(file);
      uploads.put(file, new Ahead(state, submit(file, state)));
    } catch (JobFailure unreadable) {
      // The server asks for it by and by, and is told then.
    }
  }

  private Future<Boolean> submit(WalFileName file, ServerDirectory.State state) {
    return threads.submit(() -> pushing.push(file, server, state.bytes()));
  }
}
