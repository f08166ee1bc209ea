package io.holdfast.model.cluster;

import io.holdfast.model.ResourceName;
import io.holdfast.model.SecretRef;
import io.holdfast.model.encryption.EncryptionSpec;
import java.util.List;

/**
 * A replication group as a command carries it.
 *
 * @param nodes the members in declared order; 1 to 32
 * @param credentialsRef the database login, resolved by the worker
 * @param sslMode libpq's {@code sslmode}: disable, prefer, require, verify-ca or verify-full
 * @param maintenanceDatabase where to connect for questions about the cluster; usually {@code
 *     postgres}
 * @param systemIdentifier the identifier seen when the cluster was first reached, as decimal text;
 *     null until then. A node with another one is never read.
 * @param encryption of backups and WAL; null: none
 */
public record ClusterSpec(
    String name,
    List<NodeSpec> nodes,
    SecretRef credentialsRef,
    String sslMode,
    String maintenanceDatabase,
    StandbyPolicy standbyPolicy,
    String systemIdentifier,
    EncryptionSpec encryption) {
  public ClusterSpec {
    ResourceName.check("cluster name", name);
    nodes = List.copyOf(nodes);
    sslMode = sslMode == null ? "prefer" : sslMode;
    maintenanceDatabase = maintenanceDatabase == null ? "postgres" : maintenanceDatabase;
    standbyPolicy = standbyPolicy == null ? StandbyPolicy.defaults() : standbyPolicy;
  }

  /** Without encryption. */
  public ClusterSpec(
      String name,
      List<NodeSpec> nodes,
      SecretRef credentialsRef,
      String sslMode,
      String maintenanceDatabase,
      StandbyPolicy standbyPolicy,
      String systemIdentifier) {
    this(
        name,
        nodes,
        credentialsRef,
        sslMode,
        maintenanceDatabase,
        standbyPolicy,
        systemIdentifier,
        null);
  }

  /** The same cluster, encrypted so. */
  public ClusterSpec encrypted(EncryptionSpec wanted) {
    return new ClusterSpec(
        name,
        nodes,
        credentialsRef,
        sslMode,
        maintenanceDatabase,
        standbyPolicy,
        systemIdentifier,
        wanted);
  }
}
