package io.holdfast.worker.postgres;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What an error of the server or of a libpq child means for a job. */
public final class SqlFailures {
  private SqlFailures() {}

  /**
   * @param doing what was attempted, such as {@code counting rows of database "orders"}
   * @param node the node's name
   * @param otherwise the code for an error of no special meaning
   */
  public static JobFailure of(String doing, String node, SQLException e, ErrorCode otherwise) {
    String message = message(e);
    return explain(doing, node, state(e), message, otherwise, e);
  }

  /**
   * As {@link #of(String, String, SQLException, ErrorCode)} for a child that says why only in
   * words.
   *
   * @param exit such as {@code pg_dump exited 1}
   */
  public static JobFailure of(String exit, String node, String complaint, ErrorCode otherwise) {
    return explain(exit, node, stateFromWords(complaint), complaint, otherwise, null);
  }

  /** The server's primary message without DETAIL and CONTEXT, which may quote rows. */
  public static String message(SQLException e) {
    if (e instanceof PSQLException p) {
      ServerErrorMessage server = p.getServerErrorMessage();
      if (server != null && server.getMessage() != null) {
        return server.getMessage();
      }
    }
    String text = String.valueOf(e.getMessage());
    int line = text.indexOf('\n');
    return line < 0 ? text : text.substring(0, line);
  }

  private static String state(SQLException e) {
    return e.getSQLState() == null ? "" : e.getSQLState();
  }

  private static JobFailure explain(
      String doing, String node, String state, String message, ErrorCode otherwise, Throwable e) {
    String where = doing + " on node '" + node + "': " + message;
    if (isRecoveryConflict(state, message)) {
      return new JobFailure(
          ErrorCode.RECOVERY_CONFLICT,
          doing
              + " on node '"
              + node
              + "': the standby cancelled the work because replay of WAL from the primary would"
              + " have waited for it longer than max_standby_streaming_delay allows ("
              + message
              + ")",
          "raise max_standby_streaming_delay or turn on hot_standby_feedback on '" + node + "'",
          e);
    }
    return switch (state) {
      case "42501" ->
          new JobFailure(
              ErrorCode.PERMISSION_DENIED,
              where,
              message.contains("large object")
                  ? "pg_read_all_data does not open large objects: grant SELECT on them, or back"
                      + " them up with a superuser"
                  : "grant pg_read_all_data to the backup role; tables with row security need"
                      + " BYPASSRLS",
              e);
      case "28000", "28P01" ->
          new JobFailure(
              ErrorCode.PERMISSION_DENIED,
              where,
              "check the login in the worker's credentials file and pg_hba.conf on the node",
              e);
      case "3D000" ->
          new JobFailure(ErrorCode.INVALID_SELECTION, where, "check the name of the database", e);
      case "53300" ->
          new JobFailure(
              ErrorCode.NODE_UNREACHABLE,
              where,
              "raise max_connections or reserve a connection for the backup role",
              e);
      case "53100" -> new JobFailure(otherwise, where, "free disk space on the node", e);
      default ->
          state.startsWith("08") || state.startsWith("57P")
              ? new JobFailure(
                  ErrorCode.NODE_UNREACHABLE,
                  where,
                  "check that PostgreSQL runs there and can be reached from the worker",
                  e)
              : new JobFailure(otherwise, where, "see the server's log on '" + node + "'", e);
    };
  }

  private static boolean isRecoveryConflict(String state, String message) {
    return message.contains("conflict with recovery")
        || (state.equals("40001") && message.contains("recovery"));
  }

  /** libpq children print messages but no SQLSTATE; LC_MESSAGES of the server may be foreign. */
  private static String stateFromWords(String complaint) {
    if (complaint.contains("permission denied") || complaint.contains("row-level security")) {
      return "42501";
    }
    if (complaint.contains("authentication failed") || complaint.contains("no pg_hba.conf entry")) {
      return "28000";
    }
    if (complaint.contains("remaining connection slots")
        || complaint.contains("too many clients")) {
      return "53300";
    }
    if (complaint.contains("connection to server")
        || complaint.contains("server closed the connection")
        || complaint.contains("terminating connection due to administrator command")
        || complaint.contains("the database system is")) {
      return "08006";
    }
    return "";
  }
}
