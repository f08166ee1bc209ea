package io.holdfast.worker.failure;

/**
 * The job was told to stop: cancelled, past its deadline, or its lease is lost. Thrown by {@link
 * io.holdfast.worker.progress.Progress}; steps let it pass and clean up in {@code finally}.
 */
public final class JobStopped extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public JobStopped(String reason) {
    super(reason);
  }
}
