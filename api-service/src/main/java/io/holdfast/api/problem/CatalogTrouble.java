package io.holdfast.api.problem;

import java.sql.SQLException;

/** Tells a catalog that cannot be reached from a defect of ours. */
final class CatalogTrouble {
  private static final int MAX_CAUSES = 20;

  private CatalogTrouble() {}

  static boolean causes(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; cause != null && i < MAX_CAUSES; i++, cause = cause.getCause()) {
      if (cause instanceof SQLException sql && passing(sql)) {
        return true;
      }
    }
    return false;
  }

  /** Classes 08 (connection) and 57 (shutdown); the pool's own timeout has no state at all. */
  private static boolean passing(SQLException sql) {
    String state = sql.getSQLState();
    return state == null || state.startsWith("08") || state.startsWith("57P");
  }
}
