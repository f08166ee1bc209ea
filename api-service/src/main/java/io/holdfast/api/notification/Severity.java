package io.holdfast.api.notification;

/** How much a notice matters, in rising order. */
enum Severity {
  /** Something is over, or somebody asked for a message. */
  INFO,
  /** Somebody should look at it today. */
  WARNING,
  /** Recovery is worse than was promised, or will be soon. */
  CRITICAL
}
