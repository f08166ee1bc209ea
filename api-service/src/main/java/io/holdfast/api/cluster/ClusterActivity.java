package io.holdfast.api.cluster;

/** Whether a cluster is being worked on; jobs depend on clusters, not the other way round. */
public interface ClusterActivity {
  boolean active(String cluster);
}
