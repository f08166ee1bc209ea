package io.holdfast.api.job;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The states of a job and the one table of transitions between them. Terminal states are final:
 * they allow no signal at all.
 */
public enum JobState {
  QUEUED,
  RUNNING,
  SUCCEEDED,
  FAILED,
  CANCELLED;

  private static final Map<JobState, Map<JobSignal, JobState>> TABLE =
      new EnumMap<>(JobState.class);

  static {
    TABLE.put(
        QUEUED,
        Map.of(
            JobSignal.REPORTED, RUNNING,
            JobSignal.SUCCEEDED, SUCCEEDED,
            JobSignal.FAILED, FAILED,
            JobSignal.RETRIED, QUEUED,
            JobSignal.CANCEL_REQUESTED, QUEUED,
            JobSignal.CANCELLED, CANCELLED));
    TABLE.put(
        RUNNING,
        Map.of(
            JobSignal.REPORTED, RUNNING,
            JobSignal.SUCCEEDED, SUCCEEDED,
            JobSignal.FAILED, FAILED,
            JobSignal.RETRIED, QUEUED,
            JobSignal.CANCEL_REQUESTED, RUNNING,
            JobSignal.CANCELLED, CANCELLED));
    TABLE.put(SUCCEEDED, Map.of());
    TABLE.put(FAILED, Map.of());
    TABLE.put(CANCELLED, Map.of());
  }

  /** Where the signal leads; empty when this state does not allow it. */
  public Optional<JobState> on(JobSignal signal) {
    return Optional.ofNullable(TABLE.get(this).get(signal));
  }

  public boolean done() {
    return TABLE.get(this).isEmpty();
  }
}
