package io.holdfast.model.cluster;

import java.time.Duration;

/**
 * Which node a backup may read from.
 *
 * @param maxLagBytes replay lag behind the primary, in bytes of WAL; default 1 MiB
 * @param maxLagSeconds age of the last replayed commit, in seconds; null means not considered
 * @param whenNone what to do when no node of the wanted kind is eligible
 * @param waitFor how long {@code WAIT} waits before the job fails
 */
public record StandbyPolicy(
    Target target, long maxLagBytes, Double maxLagSeconds, WhenNone whenNone, Duration waitFor) {
  public static final long DEFAULT_MAX_LAG_BYTES = 1024L * 1024;

  public enum Target {
    PREFER_STANDBY,
    STANDBY,
    PRIMARY
  }

  public enum WhenNone {
    PRIMARY,
    WAIT,
    FAIL
  }

  public StandbyPolicy {
    target = target == null ? Target.PREFER_STANDBY : target;
    whenNone = whenNone == null ? WhenNone.PRIMARY : whenNone;
    waitFor = waitFor == null ? Duration.ofMinutes(5) : waitFor;
    if (maxLagBytes < 0) {
      throw new IllegalArgumentException("maxLagBytes must not be negative");
    }
  }

  public static StandbyPolicy defaults() {
    return new StandbyPolicy(null, DEFAULT_MAX_LAG_BYTES, null, null, null);
  }
}
