package io.holdfast.worker.transfer;

import io.holdfast.worker.failure.JobStopped;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Moves chunks from a source through several steps. The caller's thread reads; each step has a
 * thread of its own, and all see the same chunk at the same time, so that reading, digesting and
 * compressing overlap. Memory is that of {@value #CHUNKS} chunks.
 */
final class Pump {
  private static final int CHUNKS = 4;

  /** What is done with every chunk, in order; it must not change the bytes. */
  interface Step {
    void chunk(byte[] buffer, int length) throws IOException;
  }

  /** Bytes on their way, free again when every lane has let go of them. */
  private static final class Chunk {
    private final byte[] bytes;
    private final AtomicInteger holders = new AtomicInteger();
    private int length;

    Chunk(int size) {
      bytes = new byte[size];
    }
  }

  private final BlockingQueue<Chunk> free = new ArrayBlockingQueue<>(CHUNKS);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final Runnable endSource;

  private Pump(Runnable endSource) {
    this.endSource = endSource;
    for (int i = 0; i < CHUNKS; i++) {
      free.add(new Chunk(Transfer.CHUNK_BYTES));
    }
  }

  /**
   * Returns when every step has seen every chunk, or throws what failed first; no step runs any
   * more then.
   *
   * @param endSource ends a blocked read when a step has failed
   */
  static void run(SourceInput input, Runnable endSource, List<Step> steps) throws IOException {
    new Pump(endSource).run(input, steps);
  }

  private void run(SourceInput input, List<Step> steps) throws IOException {
    List<Lane> lanes = steps.stream().map(Lane::new).toList();
    try {
      read(input, lanes);
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
      lanes.forEach(lane -> lane.thread.interrupt());
    } finally {
      lanes.forEach(Lane::end);
    }
    switch (failure.get()) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure.get());
    }
  }

  private void read(SourceInput input, List<Lane> lanes) {
    while (failure.get() == null) {
      Chunk chunk = freeChunk();
      chunk.length = input.read(chunk.bytes);
      if (chunk.length == 0) {
        return;
      }
      chunk.holders.set(lanes.size());
      lanes.forEach(lane -> lane.todo.add(chunk));
    }
  }

  private Chunk freeChunk() {
    try {
      return free.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JobStopped("interrupted while bytes were moved");
    }
  }

  /** One step and its thread. */
  private final class Lane {
    private static final Chunk END = new Chunk(0);

    private final Step step;
    private final BlockingQueue<Chunk> todo = new ArrayBlockingQueue<>(CHUNKS + 1);
    private final Thread thread;

    Lane(Step step) {
      this.step = step;
      this.thread = Thread.ofPlatform().daemon().name("transfer").start(this::work);
    }

    /** After a failure, whoever's, chunks are only let go of. */
    private void work() {
      while (true) {
        Chunk chunk = next();
        if (chunk == END) {
          return;
        }
        if (failure.get() == null) {
          run(chunk);
        }
        if (chunk.holders.decrementAndGet() == 0) {
          free.add(chunk);
        }
      }
    }

    private Chunk next() {
      while (true) {
        try {
          return todo.take();
        } catch (InterruptedException e) {
          // The reader failed: what is left is let go of, up to the end.
          continue;
        }
      }
    }

    private void run(Chunk chunk) {
      try {
        step.chunk(chunk.bytes, chunk.length);
      } catch (IOException | RuntimeException | Error e) {
        if (failure.compareAndSet(null, e)) {
          endSource.run();
        }
      }
    }

    /** Waits for what was handed over. */
    private void end() {
      todo.add(END);
      boolean interrupted = false;
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
