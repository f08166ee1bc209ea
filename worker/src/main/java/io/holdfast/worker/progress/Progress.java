package io.holdfast.worker.progress;

import java.io.Closeable;

/**
 * A running job as its steps see it. Thread-safe: parallel transfers share one.
 *
 * <p>Every method may throw {@link io.holdfast.worker.failure.JobStopped}.
 */
public interface Progress {
  /**
   * A new phase begins.
   *
   * @param bytesTotal plain bytes expected in this phase; null when unknown
   */
  void phase(String name, Long bytesTotal);

  /** More plain bytes went by. Called for each chunk; also the place where a stop is noticed. */
  void advanced(long plainBytes);

  /** Something a person should know that does not end the attempt. */
  void note(String code, String message);

  /**
   * Closes {@code resource} when the job is told to stop, so that a blocked read or child ends.
   *
   * @return closes nothing but the registration; use it in try-with-resources around the step
   */
  Registration closeOnStop(Closeable resource);

  /** Undoes {@link #closeOnStop}. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }

  /** Says nothing and never stops: for probes and tests. */
  static Progress silent() {
    return new Progress() {
      @Override
      public void phase(String name, Long bytesTotal) {}

      @Override
      public void advanced(long plainBytes) {}

      @Override
      public void note(String code, String message) {}

      @Override
      public Registration closeOnStop(Closeable resource) {
        return () -> {};
      }
    };
  }
}
