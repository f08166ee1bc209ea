package io.holdfast.worker.wal.fetch;

import io.holdfast.model.wal.WalFileName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Files that are read before they are asked for, by one reader of an archive. It holds no more than
 * what it was last told to follow. Thread-safe; the threads are the owner's.
 */
final class ReadAhead {
  private final Function<WalFileName, Fetched> reader;
  private final ExecutorService threads;
  private final Map<WalFileName, Future<Fetched>> begun = new HashMap<>();

  /**
   * @param reader never throws
   */
  ReadAhead(Function<WalFileName, Fetched> reader, ExecutorService threads) {
    this.reader = reader;
    this.threads = threads;
  }

  /** Begins to read what is not begun, in this order, and forgets everything else. */
  synchronized void follow(List<WalFileName> files) {
    begun
        .entrySet()
        .removeIf(
            entry -> {
              boolean unwanted = !files.contains(entry.getKey());
              if (unwanted) {
                boolean unused = entry.getValue().cancel(false);
              }
              return unwanted;
            });
    for (WalFileName file : files) {
      begun.computeIfAbsent(file, unread -> threads.submit(() -> reader.apply(unread)));
    }
  }

  synchronized boolean has(WalFileName file) {
    return begun.containsKey(file);
  }

  synchronized int size() {
    return begun.size();
  }

  /** How many have been read. */
  synchronized int ready() {
    return (int) begun.values().stream().filter(Future::isDone).count();
  }

  /**
   * What was found of a file, once; waits for it.
   *
   * @return empty when it was not begun
   */
  Optional<Fetched> take(WalFileName file) throws InterruptedException {
    Future<Fetched> reading;
    synchronized (this) {
      reading = begun.remove(file);
    }
    try {
      return reading == null ? Optional.empty() : Optional.of(reading.get());
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
