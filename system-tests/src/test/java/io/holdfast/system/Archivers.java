package io.holdfast.system;

import io.holdfast.embedded.fault.FaultProxy;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;

/** The archivers of a cluster's servers. */
final class Archivers {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private Archivers() {}

  /** Waits until a server's archiver was told that a segment is stored. */
  static void awaitArchived(PostgresServer server, String segment) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              // After three failures the archiver rests a minute; a reload wakes it.
              server.execute("select pg_reload_conf()");
              return server
                      .queryText("select coalesce(last_archived_wal, '') from pg_stat_archiver")
                      .compareTo(segment)
                  >= 0;
            });
  }

  /** Ends the segment that a server writes, and returns its name. */
  static String endSegment(PostgresServer server) {
    // Where nothing has been written there is nothing to end, and the name is the next one's.
    server.execute("select pg_logical_emit_message(true, 'test', 'the end of a segment')");
    return server.queryText("select pg_walfile_name(pg_switch_wal())");
  }

  /** Ends what its servers archive, so that they can stop when nobody takes it any more. */
  static void end(PostgresCluster cluster) {
    run(cluster, "/bin/true");
  }

  /** Has its servers archive with that command. */
  static void run(PostgresCluster cluster, String command) {
    cluster.nodes().forEach(server -> run(server, command));
  }

  /** The same for one; that of a server that is stopped counts when it starts. */
  static void run(PostgresServer server, String command) {
    server.set(Map.of("archive_command", command));
    if (server.isRunning()) {
      server.execute("select pg_reload_conf()");
    }
  }

  /** Has a server's command go through a proxy that stands before the workers. */
  static void through(FaultProxy proxy, PostgresServer server) {
    run(
        server,
        server
            .queryText("show archive_command")
            .replaceAll("http://127\\.0\\.0\\.1:[0-9]+/", "http://" + proxy.endpoint() + "/"));
  }
}
