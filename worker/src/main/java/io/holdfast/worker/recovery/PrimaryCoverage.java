package io.holdfast.worker.recovery;

import io.holdfast.model.Lsn;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.node.NodeProbe;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.secret.Credentials;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * Asks the running primary whether it has committed anything that is not archived. It has not when
 * its WAL goes no further than the archive's; nor when no transaction ran at some point of the
 * archive, none runs now, and none began in between: what it writes for itself is no commit.
 */
public final class PrimaryCoverage implements Coverage {
  /** The moment comes first: what is committed while the rest is read lies after it. */
  private static final String QUESTION =
      """
      with moment as materialized (select clock_timestamp() as at)
      select at, pg_current_wal_insert_lsn()::text,
             (pg_snapshot_xmin(pg_current_snapshot())::text::numeric % 4294967296)::bigint,
             (pg_snapshot_xmax(pg_current_snapshot())::text::numeric % 4294967296)::bigint
        from moment
      """;

  private static final int PAGE_BYTES = 8192;
  private static final int LONGEST_PAGE_HEADER = 40;

  private final ClusterSpec cluster;
  private final NodeProbe nodes;
  private final Credentials credentials;

  public PrimaryCoverage(ClusterSpec cluster, NodeProbe nodes, Credentials credentials) {
    this.cluster = cluster;
    this.nodes = nodes;
    this.credentials = credentials;
  }

  @Override
  public Optional<Instant> until(String systemIdentifier, int timeline, Lsn end, Long restingXid) {
    try {
      return ClusterPrimary.find(cluster, systemIdentifier, nodes)
          .filter(primary -> primary.seen().timeline() == timeline)
          .flatMap(primary -> ask(primary, end, restingXid));
    } catch (JobFailure refused) {
      // This worker's configuration does not know the cluster's login: nobody can tell.
      return Optional.empty();
    }
  }

  private Optional<Instant> ask(ClusterPrimary primary, Lsn end, Long restingXid) {
    Server server = Server.of(cluster, primary.node(), credentials);
    try (Connection connection = Connections.brisk().open(server, cluster.maintenanceDatabase());
        ResultSet row = connection.createStatement().executeQuery(QUESTION)) {
      row.next();
      long beyond = Lsn.parse(row.getString(2)).bytesSince(end);
      // Before the first record of a page stands its header.
      boolean pageBegins = end.address() % PAGE_BYTES == 0;
      long oldest = row.getLong(3);
      boolean rests = restingXid != null && oldest == row.getLong(4) && oldest == restingXid;
      return rests || beyond <= (pageBegins ? LONGEST_PAGE_HEADER : 0)
          ? Optional.of(row.getObject(1, OffsetDateTime.class).toInstant())
          : Optional.empty();
    } catch (SQLException e) {
      return Optional.empty();
    }
  }
}
