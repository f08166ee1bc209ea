package io.holdfast.api.projection;

import java.sql.SQLException;
import java.sql.SQLTransientException;

/** Tells a catalog that is away from an event that it will never take. */
final class CatalogOutage {
  private CatalogOutage() {}

  static boolean isOne(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLTransientException) {
        return true;
      }
      if (cause instanceof SQLException sql && passes(sql.getSQLState())) {
        return true;
      }
    }
    return false;
  }

  /** Connection, resources, operator intervention, serialisation and deadlock; or none at all. */
  private static boolean passes(String state) {
    return state == null
        || state.startsWith("08")
        || state.startsWith("53")
        || state.startsWith("57")
        || state.startsWith("58")
        || state.startsWith("40");
  }
}
