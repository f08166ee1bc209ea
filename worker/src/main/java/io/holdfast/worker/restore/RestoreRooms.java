package io.holdfast.worker.restore;

import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.keys.Keyring;
import io.holdfast.worker.node.NodeProbe;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.recovery.Coverage;
import io.holdfast.worker.recovery.PrimaryCoverage;
import io.holdfast.worker.recovery.RecoveryRooms;
import io.holdfast.worker.repository.RepositoryFactory;
import io.holdfast.worker.secret.Credentials;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a restore works with.
 *
 * @param scratch for parallel restores of dumps
 * @param clusters those that this worker knows by name
 */
public record RestoreRooms(
    RepositoryFactory repositories,
    NodeProbe nodes,
    Credentials credentials,
    PgTools programs,
    Connections connections,
    Path scratch,
    RecoveryRooms recovery,
    Function<String, Optional<ClusterSpec>> clusters,
    Clock clock) {

  /** For a worker that knows no cluster by name, and waits for WAL as it is usual. */
  public RestoreRooms(
      RepositoryFactory repositories,
      NodeProbe nodes,
      Credentials credentials,
      PgTools programs,
      Connections connections,
      Path scratch,
      Clock clock) {
    this(
        repositories,
        nodes,
        credentials,
        programs,
        connections,
        scratch,
        RecoveryRooms.of(programs, new Seals(new Keyring(credentials))),
        name -> Optional.empty(),
        clock);
  }

  /** How what is read was encrypted. */
  public Seals seals() {
    return new Seals(new Keyring(credentials));
  }

  /** What the primary of a cluster that this worker archives says of its WAL. */
  public Coverage coverage(String cluster) {
    return clusters
        .apply(cluster)
        .<Coverage>map(known -> new PrimaryCoverage(known, nodes, credentials))
        .orElseGet(Coverage::unknown);
  }
}
