package io.holdfast.model.repository;

import java.time.Duration;

/**
 * What the store itself keeps from being removed, from the moment that an object is written.
 *
 * @param mode who may lift it
 * @param retainFor how long, from the writing of each object on; null, in declarations only: as the
 *     retention of the cluster says whose objects are written
 */
public record ObjectLock(Mode mode, Duration retainFor) {
  /** The longest; what is locked by mistake in compliance mode cannot be unlocked by anybody. */
  public static final Duration LONGEST = Duration.ofDays(3660);

  /** Identities with a right of their own, or nobody. */
  public enum Mode {
    GOVERNANCE,
    COMPLIANCE
  }

  public ObjectLock {
    if (mode == null) {
      throw new IllegalArgumentException("an object lock needs a mode");
    }
    if (retainFor != null && (!retainFor.isPositive() || retainFor.compareTo(LONGEST) > 0)) {
      throw new IllegalArgumentException(
          "retainFor must be positive and at most " + LONGEST.toDays() + " days");
    }
  }
}
