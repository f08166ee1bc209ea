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

  static JobFailure broken(String node, IOException e) {
    return new JobFailure(
        ErrorCode.SOURCE_FAILED,
        "the connection to node '" + node + "' broke during a base backup: " + e.getMessage(),
        "Look at the server's log and at the network between it and the worker.",
        e);
  }
}
