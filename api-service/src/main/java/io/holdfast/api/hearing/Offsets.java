package io.holdfast.api.hearing;

import java.util.Map;

/** A position in each partition of a topic; a partition that is not named is at 0. */
record Offsets(Map<Integer, Long> byPartition) {
  Offsets {
    byPartition = Map.copyOf(byPartition);
  }

  /** Whether everything before {@code other} is before this. */
  boolean reaches(Offsets other) {
    return other.byPartition.entrySet().stream()
        .allMatch(end -> byPartition.getOrDefault(end.getKey(), 0L) >= end.getValue());
  }
}
