package io.holdfast.api.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class JobStateTest {
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          QUEUED,    REPORTED,         RUNNING
          QUEUED,    SUCCEEDED,        SUCCEEDED
          QUEUED,    FAILED,           FAILED
          QUEUED,    RETRIED,          QUEUED
          QUEUED,    CANCEL_REQUESTED, QUEUED
          QUEUED,    CANCELLED,        CANCELLED
          RUNNING,   REPORTED,         RUNNING
          RUNNING,   SUCCEEDED,        SUCCEEDED
          RUNNING,   FAILED,           FAILED
          RUNNING,   RETRIED,          QUEUED
          RUNNING,   CANCEL_REQUESTED, RUNNING
          RUNNING,   CANCELLED,        CANCELLED
          SUCCEEDED, REPORTED,
          SUCCEEDED, SUCCEEDED,
          SUCCEEDED, FAILED,
          SUCCEEDED, RETRIED,
          SUCCEEDED, CANCEL_REQUESTED,
          SUCCEEDED, CANCELLED,
          FAILED,    REPORTED,
          FAILED,    SUCCEEDED,
          FAILED,    FAILED,
          FAILED,    RETRIED,
          FAILED,    CANCEL_REQUESTED,
          FAILED,    CANCELLED,
          CANCELLED, REPORTED,
          CANCELLED, SUCCEEDED,
          CANCELLED, FAILED,
          CANCELLED, RETRIED,
          CANCELLED, CANCEL_REQUESTED,
          CANCELLED, CANCELLED,
          """)
  void goesWhereTheTableSays(JobState state, JobSignal signal, JobState expected) {
    assertThat(state.on(signal)).isEqualTo(Optional.ofNullable(expected));
  }

  @ParameterizedTest
  @EnumSource(JobState.class)
  void isDoneExactlyWhenNoSignalIsAllowed(JobState state) {
    boolean anyAllowed = false;
    for (JobSignal signal : JobSignal.values()) {
      anyAllowed |= state.on(signal).isPresent();
    }
    assertThat(Map.of(state, state.done())).isEqualTo(Map.of(state, !anyAllowed));
  }
}
