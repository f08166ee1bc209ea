package io.holdfast.system;

import io.holdfast.embedded.Stack;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import java.util.List;

/** On the embedded broker, store and servers: what every machine can run. */
class EmbeddedSpineTest extends SpineContract {
  @Override
  Site open() {
    PostgresCluster cluster =
        PostgresCluster.in(Folders.temporary("spine-cluster")).standbys(0).start();
    Stack stack = stack().start();
    PostgresServer server = cluster.primary();
    return new Site(
        stack, server.host(), server.port(), cluster.superuser(), List.of(stack, cluster));
  }
}
