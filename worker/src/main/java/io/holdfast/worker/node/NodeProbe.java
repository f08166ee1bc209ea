package io.holdfast.worker.node;

import io.holdfast.model.Lsn;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeObservation;
import io.holdfast.model.cluster.NodeRole;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.model.cluster.Topology;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.postgres.SqlFailures;
import io.holdfast.worker.secret.Credentials;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Looks at every node of a cluster at the same time. A node that does not answer is an observation,
 * not a failure. Needs no more than {@code pg_monitor}; without it the receiver's state is unknown.
 */
public final class NodeProbe {
  /** What a standby says of its receiver to a role that may not see it. */
  static final String RECEIVER_HIDDEN = "hidden";

  /** No receiver process at all. */
  static final String RECEIVER_NONE = "none";

  private static final String QUESTION =
      """
      select pg_is_in_recovery() as standby,
             current_setting('server_version') as version,
             current_setting('server_version_num')::int as version_num,
             (select system_identifier::text from pg_control_system()) as system_identifier,
             case when pg_is_in_recovery()
               -- The control file moves on at the next restart point only; the receiver knows first.
               then greatest((select timeline_id from pg_control_checkpoint()),
                             (select received_tli from pg_stat_wal_receiver))
               else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int
             end as timeline,
             case when pg_is_in_recovery() then pg_last_wal_replay_lsn()
               else pg_current_wal_lsn() end::text as lsn,
             case when pg_is_in_recovery() then pg_last_wal_receive_lsn() end::text as received,
             case when pg_is_in_recovery() then
               coalesce((select coalesce(status, 'hidden') from pg_stat_wal_receiver), 'none')
             end as receiver,
             case when pg_is_in_recovery() then pg_is_wal_replay_paused() end as paused,
             extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())::float8
               as replayed_age,
             (select setting::float8 / 1000 from pg_settings
               where name = 'recovery_min_apply_delay') as apply_delay,
             (select case when setting = '-1' then -1 else setting::float8 / 1000 end
               from pg_settings where name = 'max_standby_streaming_delay') as streaming_delay,
             current_setting('hot_standby_feedback')::bool as feedback
      """;

  private final Connections connections;
  private final Credentials credentials;
  private final Clock clock;

  public NodeProbe(Connections connections, Credentials credentials, Clock clock) {
    this.connections = connections;
    this.credentials = credentials;
    this.clock = clock;
  }

  /**
   * Probes every node; nodes come back in declared order.
   *
   * @throws io.holdfast.worker.failure.JobFailure COMMAND_REFUSED or CREDENTIALS_UNKNOWN when the
   *     worker's configuration does not allow the login at one of the nodes
   */
  public Topology probe(ClusterSpec cluster) {
    // Resolved before any connection: a command with one foreign node reaches none.
    List<Server> servers =
        cluster.nodes().stream().map(n -> Server.of(cluster, n, credentials)).toList();
    List<Seen> seen = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Seen>> answers = new ArrayList<>();
      for (Server server : servers) {
        answers.add(threads.submit(() -> look(server, cluster.maintenanceDatabase())));
      }
      for (Future<Seen> answer : answers) {
        seen.add(answer.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a probe failed in a way it should have named", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new io.holdfast.worker.failure.JobFailure(
          io.holdfast.model.ErrorCode.WORKER_STOPPING, "interrupted while probing", "try again", e);
    }
    List<NodeObservation> nodes = Lag.behindPrimary(seen, cluster.systemIdentifier());
    return new Topology(cluster.name(), clock.instant(), nodes);
  }

  /** Probes one node by itself; the lag of a standby stays unknown. */
  public NodeObservation probe(ClusterSpec cluster, NodeSpec node) {
    return look(Server.of(cluster, node, credentials), cluster.maintenanceDatabase()).observation();
  }

  private Seen look(Server server, String database) {
    try (Connection connection = connections.open(server, database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(QUESTION)) {
      row.next();
      return read(server.name(), row);
    } catch (SQLException e) {
      return new Seen(
          NodeObservation.unreachable(server.name(), SqlFailures.message(e)), null, null);
    }
  }

  private static Seen read(String node, ResultSet row) throws SQLException {
    boolean standby = row.getBoolean("standby");
    NodeObservation observation =
        new NodeObservation(
            node,
            standby ? NodeRole.STANDBY : NodeRole.PRIMARY,
            null,
            row.getString("version"),
            row.getInt("version_num"),
            row.getString("system_identifier"),
            row.getInt("timeline"),
            lsn(row.getString("lsn")),
            null,
            null,
            row.getString("receiver"),
            standby ? row.getBoolean("paused") : null,
            seconds(row, "apply_delay"),
            seconds(row, "streaming_delay"),
            row.getBoolean("feedback"));
    return new Seen(observation, lsn(row.getString("received")), seconds(row, "replayed_age"));
  }

  private static Lsn lsn(String text) {
    return text == null ? null : Lsn.parse(text);
  }

  private static Double seconds(ResultSet row, String column) throws SQLException {
    double value = row.getDouble(column);
    return row.wasNull() ? null : value;
  }

  /**
   * One node's answer before the others are known.
   *
   * @param received last WAL position on the standby's disk
   * @param replayedAgeSeconds age of the last replayed commit, whether or not there is more to
   *     replay
   */
  record Seen(NodeObservation observation, Lsn received, Double replayedAgeSeconds) {}
}
