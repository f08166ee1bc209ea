package io.holdfast.model.cluster;

/** What {@code pg_is_in_recovery} says; {@code UNKNOWN} when the node did not answer. */
public enum NodeRole {
  PRIMARY,
  STANDBY,
  UNKNOWN
}
