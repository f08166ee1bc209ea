package io.holdfast.worker.recovery;

import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.model.Lsn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * One commit of a row into the ledger.
 *
 * @param end behind its record
 * @param after a moment after it and before the next one
 */
record Commit(int i, long xid, Lsn end, Instant after) {
  /** Commits a row and waits a little, so that a moment lies between two commits. */
  static Commit of(PostgresServer primary, int i) throws Exception {
    try (Connection connection = primary.connect("postgres")) {
      connection.setAutoCommit(false);
      connection.createStatement().execute("insert into ledger values (" + i + ")");
      long xid = Long.parseLong(text(connection, "select pg_current_xact_id()::text"));
      connection.commit();
      connection.setAutoCommit(true);
      Lsn end = Lsn.parse(text(connection, "select pg_current_wal_insert_lsn()::text"));
      connection.createStatement().execute("select pg_sleep(0.02)");
      Instant after;
      try (ResultSet row = connection.createStatement().executeQuery("select clock_timestamp()")) {
        row.next();
        after = row.getObject(1, OffsetDateTime.class).toInstant();
      }
      connection.createStatement().execute("select pg_sleep(0.02)");
      return new Commit(i, xid, end, after);
    }
  }

  /** The one value that the query gives. */
  static String text(Connection connection, String sql) throws Exception {
    try (ResultSet row = connection.createStatement().executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
