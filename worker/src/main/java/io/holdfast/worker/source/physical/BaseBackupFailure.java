package io.holdfast.worker.source.physical;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.SqlFailures;
import java.io.IOException;
import java.sql.SQLException;

/** What goes wrong on a replication connection, in words. */
final class BaseBackupFailure {
  private BaseBackupFailure() {}

  static JobFailure of(String doing, String node, SQLException e) {
    String message = SqlFailures.message(e);
    if (message.contains("promoted during online backup")) {
      return new JobFailure(
          ErrorCode.CLUSTER_CHANGED,
          "node '" + node + "' was promoted during the backup: " + message,
          "The backup is taken again from the cluster as it is now.",
          e);
    }
    return SqlFailures.of(doing, node, e, ErrorCode.SOURCE_FAILED);
  }

  /**
   * The node is well, but cannot give an incremental backup.
   *
   * @param cause null when nobody had to ask the server
   */
  static JobFailure notIncremental(String because, SQLException cause) {
    return new JobFailure(
        ErrorCode.INVALID_SELECTION,
        "an incremental backup cannot be taken: " + because,
        "Take a full backup, or let the request fall back to one. The node needs PostgreSQL 17,"
            + " summarize_wal on, and WAL summaries since the parent (wal_summary_keep_time); a"
            + " standby also needs a checkpoint of its primary since then.",
        cause);
  }

  static JobFailure broken(String node, IOException e) {
    return new JobFailure(
        ErrorCode.SOURCE_FAILED,
        "the connection to node '" + node + "' broke during a base backup: " + e.getMessage(),
        "Look at the server's log and at the network between it and the worker.",
        e);
  }
}
