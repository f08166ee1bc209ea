package io.holdfast.worker.backup;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * A step of a job that runs beside the others until its outcome is needed. Whoever begins it closes
 * it, which waits for its end: nothing of a job goes on behind it.
 */
final class Meanwhile<T> implements AutoCloseable {
  private final CompletableFuture<T> outcome = new CompletableFuture<>();
  private final Thread thread;

  private Meanwhile(Supplier<T> step) {
    this.thread =
        Thread.ofVirtual()
            .name("meanwhile")
            .start(
                () -> {
                  try {
                    outcome.complete(step.get());
                  } catch (RuntimeException | Error e) {
                    outcome.completeExceptionally(e);
                  }
                });
  }

  static <T> Meanwhile<T> begin(Supplier<T> step) {
    return new Meanwhile<>(step);
  }

  /** Waits; what the step threw is thrown here. */
  T await() {
    try {
      return outcome.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause();
    }
  }

  @Override
  public void close() {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
