package io.holdfast.worker.drill;

import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.server.ThrowAwayServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Every B-tree index of every database, by amcheck.
 *
 * @see <a href="https://www.postgresql.org/docs/current/amcheck.html">amcheck</a>
 */
final class IndexCheck {
  private static final String INDEXES =
      """
      select c.oid, n.nspname || '.' || c.relname
        from pg_index i
        join pg_class c on c.oid = i.indexrelid
        join pg_namespace n on n.oid = c.relnamespace
        join pg_am a on a.oid = c.relam
       where a.amname = 'btree' and c.relkind = 'i' and c.relpersistence <> 't'
         and i.indisvalid and i.indisready
       order by 2
      """;
  private static final String SCHEMA =
      """
      select quote_ident(n.nspname)
        from pg_extension e join pg_namespace n on n.oid = e.extnamespace
       where e.extname = 'amcheck'
      """;

  private final ThrowAwayServer server;
  private final Evidence evidence;
  private final Progress progress;

  IndexCheck(ThrowAwayServer server, Evidence evidence, Progress progress) {
    this.server = server;
    this.evidence = evidence;
    this.progress = progress;
  }

  void run(List<String> databases) throws SQLException {
    for (String database : databases) {
      try (Connection connection = server.connect(database)) {
        if (available(connection, database)) {
          check(connection, database);
        }
      }
    }
  }

  private boolean available(Connection connection, String database) {
    try (Statement statement = connection.createStatement()) {
      statement.execute("create extension if not exists amcheck");
      return true;
    } catch (SQLException e) {
      evidence.warning(
          "amcheck",
          "Indexes of database \""
              + database
              + "\" were not checked: this worker's PostgreSQL has no extension amcheck.",
          "Install the server's contrib package on the workers of this pool.");
      return false;
    }
  }

  private void check(Connection connection, String database) throws SQLException {
    int good = 0;
    List<String> bad = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      String schema;
      try (ResultSet row = statement.executeQuery(SCHEMA)) {
        row.next();
        schema = row.getString(1);
      }
      try (ResultSet indexes = statement.executeQuery(INDEXES);
          PreparedStatement check =
              connection.prepareStatement(
                  "select " + schema + ".bt_index_check(?::oid::regclass)")) {
        while (indexes.next()) {
          progress.advanced(0);
          check.setLong(1, indexes.getLong(1));
          if (passes(check)) {
            good++;
          } else {
            bad.add(indexes.getString(2));
          }
        }
      }
    }
    if (bad.isEmpty()) {
      evidence.ok(
          "amcheck", "Database \"" + database + "\": " + good + " B-tree indexes are sound.");
    } else {
      evidence.failed(
          "amcheck",
          "Database \""
              + database
              + "\": "
              + bad.size()
              + " of "
              + (good + bad.size())
              + " B-tree indexes are damaged: "
              + String.join(", ", bad.subList(0, Math.min(5, bad.size())))
              + ".",
          "Check the same indexes on the source; rebuild them there with REINDEX.");
    }
  }

  /** What it says may quote rows. */
  private static boolean passes(PreparedStatement check) throws SQLException {
    try (ResultSet row = check.executeQuery()) {
      return row.next();
    } catch (SQLException e) {
      if (e.getSQLState() != null && e.getSQLState().startsWith("XX")) {
        return false;
      }
      throw e;
    }
  }
}
