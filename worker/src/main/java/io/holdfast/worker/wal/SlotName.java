package io.holdfast.worker.wal;

import io.holdfast.model.ResourceName;

/** The physical replication slot that the workers of a cluster share. */
public final class SlotName {
  private static final String PREFIX = "holdfast_";
  private static final int LONGEST = 63;

  private SlotName() {}

  /** Lower-case letters, digits and underscores, as PostgreSQL wants; the same for every worker. */
  public static String of(String cluster) {
    String name = PREFIX + ResourceName.check("cluster name", cluster).replaceAll("[^a-z0-9]", "_");
    return name.substring(0, Math.min(name.length(), LONGEST));
  }
}
