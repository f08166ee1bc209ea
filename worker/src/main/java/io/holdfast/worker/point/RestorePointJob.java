package io.holdfast.worker.point;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.Lsn;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeObservation;
import io.holdfast.model.cluster.NodeRole;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.model.job.JobResult.RestorePointCreated;
import io.holdfast.model.job.JobSpec;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.node.NodeProbe;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.postgres.SqlFailures;
import io.holdfast.worker.secret.Credentials;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;

/**
 * Writes a named point into the WAL and ends the segment, so that the point is archived soon and
 * not when the next sixteen megabytes are full.
 */
public final class RestorePointJob {
  private static final String CREATE =
      """
      with point as materialized (select pg_create_restore_point(?) as lsn)
      select lsn::text, ('x' || substr(pg_walfile_name(lsn), 1, 8))::bit(32)::int,
             (select pg_switch_wal() where lsn is not null)::text
        from point
      """;

  private final NodeProbe nodes;
  private final Credentials credentials;
  private final Clock clock;

  public RestorePointJob(NodeProbe nodes, Credentials credentials, Clock clock) {
    this.nodes = nodes;
    this.credentials = credentials;
    this.clock = clock;
  }

  /**
   * @throws JobFailure NO_ELIGIBLE_NODE without exactly one primary, PERMISSION_DENIED when the
   *     login may not execute the two functions
   */
  public RestorePointCreated run(JobSpec.RestorePoint spec, Attempt attempt) {
    ClusterSpec cluster = spec.cluster();
    NodeSpec primary = primary(cluster);
    Server server = Server.of(cluster, primary, credentials);
    attempt.requireHeld();
    try (Connection connection = Connections.patient().open(server, cluster.maintenanceDatabase());
        PreparedStatement create = connection.prepareStatement(CREATE)) {
      create.setString(1, spec.name());
      try (ResultSet row = create.executeQuery()) {
        row.next();
        return new RestorePointCreated(
            spec.name(),
            primary.name(),
            row.getInt(2),
            Lsn.parse(row.getString(1)),
            clock.instant());
      }
    } catch (SQLException e) {
      boolean denied = "42501".equals(e.getSQLState());
      throw new JobFailure(
          denied ? ErrorCode.PERMISSION_DENIED : ErrorCode.SOURCE_FAILED,
          "writing the restore point on '" + primary.name() + "' failed: " + SqlFailures.message(e),
          denied
              ? "Grant the login EXECUTE on pg_create_restore_point(text) and pg_switch_wal()."
              : "Look at the server's log.",
          e);
    }
  }

  private NodeSpec primary(ClusterSpec cluster) {
    List<String> primaries =
        nodes.probe(cluster).nodes().stream()
            .filter(node -> node.role() == NodeRole.PRIMARY)
            .filter(
                node ->
                    cluster.systemIdentifier() == null
                        || cluster.systemIdentifier().equals(node.systemIdentifier()))
            .map(NodeObservation::node)
            .toList();
    if (primaries.size() != 1) {
      throw new JobFailure(
          ErrorCode.NO_ELIGIBLE_NODE,
          "a restore point needs exactly one primary; the cluster has " + primaries,
          "Look at the cluster's topology.");
    }
    return cluster.nodes().stream()
        .filter(node -> node.name().equals(primaries.getFirst()))
        .findFirst()
        .orElseThrow();
  }
}
