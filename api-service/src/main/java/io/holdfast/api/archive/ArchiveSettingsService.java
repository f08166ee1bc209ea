package io.holdfast.api.archive;

import io.holdfast.api.access.Caller;
import io.holdfast.api.cluster.ClusterArchive;
import io.holdfast.api.cluster.ClusterService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.Optional;

/** Shows what the servers of a cluster must be set to. */
@ApplicationScoped
public class ArchiveSettingsService {
  @Inject ClusterService clusters;
  @Inject Caller caller;

  @Transactional
  public ArchiveSettingsView of(String cluster) {
    caller.requireCluster(cluster);
    Optional<ClusterArchive> archive = clusters.archive(cluster);
    return ArchiveSettings.of(
        cluster, archive.orElseGet(() -> ClusterArchive.defaults(cluster)), archive.isPresent());
  }
}
