package io.holdfast.worker.process;

import io.holdfast.worker.failure.JobFailure;

/** Turns a bad exit into the words of the step that started the child. */
@FunctionalInterface
public interface ExitTranslator {
  /**
   * @param exit such as {@code pg_dump exited 1} or {@code pg_dump was killed by signal 9}
   * @param complaint the tail of standard error without lines that may carry row data
   */
  JobFailure failure(String exit, String complaint);
}
