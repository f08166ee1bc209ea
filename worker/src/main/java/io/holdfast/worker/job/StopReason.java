package io.holdfast.worker.job;

import java.time.Duration;
import java.time.Instant;

/** Why a running attempt was told to stop. The first reason stands. */
sealed interface StopReason {
  /** Somebody asked for it. */
  record Cancelled(String reason) implements StopReason {}

  record DeadlinePassed(Instant deadlineAt) implements StopReason {}

  /** The control plane may have given the job to another worker. */
  record LeaseLost(Duration lease) implements StopReason {}

  record WorkerStopping() implements StopReason {}

  /** One sentence for the log and the exception. */
  default String sentence() {
    return switch (this) {
      case Cancelled cancelled -> "cancelled: " + cancelled.reason();
      case DeadlinePassed passed -> "the deadline " + passed.deadlineAt() + " has passed";
      case LeaseLost lost ->
          "the broker took no event of this attempt for its lease of " + lost.lease();
      case WorkerStopping stopping -> "the worker was asked to shut down";
    };
  }
}
