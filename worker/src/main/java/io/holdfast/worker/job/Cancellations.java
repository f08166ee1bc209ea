package io.holdfast.worker.job;

import io.holdfast.model.JobId;
import io.holdfast.model.command.JobCommand.CancelJob;
import io.holdfast.model.command.JobCommand.RunJob;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Cancellations this worker has heard of. They come on a topic of their own and may overtake the
 * command they mean, so the last thousand are kept. Thread-safe.
 */
final class Cancellations {
  private static final int KEPT = 1000;

  private final Map<JobId, CancelJob> byJob =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<JobId, CancelJob> eldest) {
          return size() > KEPT;
        }
      };

  synchronized void remember(CancelJob cancellation) {
    byJob.merge(cancellation.jobId(), cancellation, (a, b) -> a.attempt() >= b.attempt() ? a : b);
  }

  /** The reason, when this attempt or a later one was cancelled. */
  synchronized Optional<String> of(RunJob command) {
    return Optional.ofNullable(byJob.get(command.jobId()))
        .filter(cancellation -> cancellation.attempt() >= command.attempt())
        .map(CancelJob::reason);
  }
}
