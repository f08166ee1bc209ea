package io.holdfast.worker.postgres;

import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.worker.secret.Credentials;
import io.holdfast.worker.secret.Login;

/**
 * One running PostgreSQL server and the login to use there.
 *
 * @param name the node's name, for messages
 * @param sslMode as in libpq
 */
public record Server(String name, String host, int port, String sslMode, Login login) {
  /**
   * A node of a declared cluster.
   *
   * @throws io.holdfast.worker.failure.JobFailure when the worker's configuration does not know the
   *     login or does not allow it there
   */
  public static Server of(ClusterSpec cluster, NodeSpec node, Credentials credentials) {
    return new Server(
        node.name(),
        node.host(),
        node.port(),
        cluster.sslMode(),
        credentials.database(cluster.credentialsRef(), node.endpoint()));
  }
}
