package io.holdfast.worker.wal.archive;

import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.Topology;
import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.repository.RepositoryFactory;
import java.io.Closeable;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The archives of every declared cluster, opened when first asked for and anew when the declaration
 * has changed. Thread-safe.
 */
public final class OpenArchives implements Closeable {
  private final Declarations declarations;
  private final RepositoryFactory repositories;
  private final Seals seals;
  private final Function<ClusterSpec, Topology> probe;
  private final ArchiveAlarms alarms;
  private final Map<String, ClusterArchive> open = new HashMap<>();

  public OpenArchives(
      Declarations declarations,
      RepositoryFactory repositories,
      Seals seals,
      Function<ClusterSpec, Topology> probe,
      ArchiveAlarms alarms) {
    this.declarations = declarations;
    this.repositories = repositories;
    this.seals = seals;
    this.probe = probe;
    this.alarms = alarms;
  }

  /**
   * Empty for a cluster that is not archived here.
   *
   * @throws io.holdfast.worker.failure.JobFailure when its repository cannot be opened or does not
   *     answer
   */
  public Optional<ClusterArchive> of(String cluster) {
    Optional<Declaration> declared = declarations.of(cluster);
    synchronized (open) {
      ClusterArchive known = open.get(cluster);
      if (known != null && declared.filter(known.declaration()::equals).isPresent()) {
        return Optional.of(known);
      }
    }
    // Outside the lock: a store that does not answer holds up nobody but those who need it.
    Optional<ClusterArchive> fresh = declared.map(this::open);
    synchronized (open) {
      // The old one stays open for those who are using it; it holds nothing but connections.
      fresh.ifPresentOrElse(archive -> open.put(cluster, archive), () -> open.remove(cluster));
    }
    return fresh;
  }

  private ClusterArchive open(Declaration declaration) {
    return ClusterArchive.open(
        declaration, repositories.open(declaration.repository()), seals, probe, alarms);
  }

  @Override
  public void close() {
    synchronized (open) {
      open.values().forEach(ClusterArchive::close);
      open.clear();
    }
  }
}
