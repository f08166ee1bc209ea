package io.holdfast.api.job;

import io.holdfast.api.cluster.ClusterActivity;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;

/** A cluster with a job that is not done is being worked on. */
@ApplicationScoped
public class JobsOfCluster implements ClusterActivity {
  @Override
  @Transactional
  public boolean active(String cluster) {
    return JobEntity.count("cluster = ?1 and finishedAt is null", cluster) > 0;
  }
}
