package io.holdfast.worker.source.physical;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Which cluster a replication connection has reached, and on which timeline. */
record SystemIdentity(String systemIdentifier, int timeline) {

  static SystemIdentity read(Connection replication) throws SQLException {
    try (Statement statement = replication.createStatement();
        ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
      row.next();
      return new SystemIdentity(row.getString("systemid"), row.getInt("timeline"));
    }
  }

  /**
   * @param expected null for any
   * @throws JobFailure CLUSTER_CHANGED when it is another cluster
   */
  void requireCluster(String expected, String node) {
    if (expected != null && !expected.equals(systemIdentifier)) {
      throw new JobFailure(
          ErrorCode.CLUSTER_CHANGED,
          "node '" + node + "' is of system " + systemIdentifier + ", not " + expected,
          "The node was rebuilt or its address now leads elsewhere; correct the cluster's nodes.");
    }
  }

  /**
   * @throws JobFailure CLUSTER_CHANGED when the node is not what it was
   */
  void requireStill(SystemIdentity before, String node) {
    if (!before.systemIdentifier.equals(systemIdentifier)) {
      throw changed(node, "system identifier", before.systemIdentifier, systemIdentifier);
    }
    if (before.timeline != timeline) {
      throw changed(node, "timeline", before.timeline, timeline);
    }
  }

  private static JobFailure changed(String node, String what, Object before, Object after) {
    return new JobFailure(
        ErrorCode.CLUSTER_CHANGED,
        "node '" + node + "' changed its " + what + " from " + before + " to " + after,
        "A failover happened during the backup; it is taken again.");
  }
}
