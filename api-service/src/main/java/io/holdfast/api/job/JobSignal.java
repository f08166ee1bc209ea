package io.holdfast.api.job;

/** What can happen to a job. */
public enum JobSignal {
  /** A worker took the command, started, or reported anything on the way. */
  REPORTED,
  SUCCEEDED,
  /** It failed and will not be tried again. */
  FAILED,
  /** The attempt failed, was lost or was never accepted, and another one follows. */
  RETRIED,
  /** Somebody asked for it to stop. */
  CANCEL_REQUESTED,
  /** It has stopped because somebody asked. */
  CANCELLED
}
