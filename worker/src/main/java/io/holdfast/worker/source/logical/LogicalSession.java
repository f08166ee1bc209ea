package io.holdfast.worker.source.logical;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.Lsn;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.postgres.ServerVersion;
import io.holdfast.worker.postgres.SqlFailures;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * One database at one moment: a read-only transaction whose snapshot the dump imports and in which
 * the inventory counts, so that both speak of the same rows. Held open until the dump has ended.
 * Closing it ends the transaction; it never wrote. Used by one thread.
 */
public final class LogicalSession implements AutoCloseable {
  private final Server server;
  private final String database;
  private final Connection connection;
  private final ServerVersion version;
  private final Manifest.Database description;
  private final String snapshotId;
  private final boolean standby;

  private LogicalSession(Server server, String database, Connection connection)
      throws SQLException {
    this.server = server;
    this.database = database;
    this.connection = connection;
    this.version = ServerVersion.of(connection);
    try (Statement statement = connection.createStatement()) {
      this.standby = one(statement, "select pg_is_in_recovery()").equals("t");
      // Read before the snapshot is taken: a position that is certainly not after it.
      Lsn before =
          Lsn.parse(
              one(
                  statement,
                  standby ? "select pg_last_wal_replay_lsn()" : "select pg_current_wal_lsn()"));
      // Off means an error instead of silently missing rows where row security applies.
      statement.execute("set row_security = off");
      statement.execute("set statement_timeout = 0");
      statement.execute("set idle_in_transaction_session_timeout = 0");
      statement.execute("set search_path = pg_catalog");
      connection.setAutoCommit(false);
      statement.execute("set transaction isolation level repeatable read, read only");
      this.snapshotId = one(statement, "select pg_export_snapshot()");
      this.description = describe(before);
    }
  }

  /**
   * @throws JobFailure in plain words when the database cannot be opened
   */
  public static LogicalSession open(Connections connections, Server server, String database) {
    Connection connection = null;
    try {
      connection = connections.open(server, database);
      return new LogicalSession(server, database, connection);
    } catch (SQLException e) {
      JobFailure failure =
          SqlFailures.of(
              "opening database \"" + database + "\"", server.name(), e, ErrorCode.SOURCE_FAILED);
      closeAfter(connection, failure);
      throw failure;
    }
  }

  private static void closeAfter(Connection connection, JobFailure failure) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  private static String one(Statement statement, String question) throws SQLException {
    try (ResultSet row = statement.executeQuery(question)) {
      row.next();
      return row.getString(1);
    }
  }

  private Manifest.Database describe(Lsn before) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            // As JSON, because each major names the provider's columns differently, or has none.
            """
            select pg_encoding_to_char(encoding), datcollate, datctype, pg_get_userbyid(datdba),
                   case j->>'datlocprovider'
                     when 'c' then 'libc' when 'i' then 'icu' when 'b' then 'builtin' end,
                   coalesce(j->>'datlocale', j->>'daticulocale'),
                   j->>'daticurules',
                   nullif(spcname, 'pg_default')
            from (select d.*, to_jsonb(d) - 'datname' as j from pg_database d) d
            left join pg_tablespace t on t.oid = dattablespace
            where datname = current_database()
            """)) {
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return new Manifest.Database(
            database,
            row.getString(1),
            row.getString(2),
            row.getString(3),
            row.getString(4),
            before,
            row.getString(5),
            row.getString(6),
            row.getString(7),
            row.getString(8));
      }
    }
  }

  public Server server() {
    return server;
  }

  public ServerVersion version() {
    return version;
  }

  /** Name, encoding, locale, owner and a WAL position not after the snapshot. */
  public Manifest.Database description() {
    return description;
  }

  /** For {@code pg_dump --snapshot}; good for as long as this session is open. */
  public String snapshotId() {
    return snapshotId;
  }

  /** Unlogged tables cannot be read on a standby, and pg_dump leaves their rows out there. */
  public boolean onStandby() {
    return standby;
  }

  Connection connection() {
    return connection;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw SqlFailures.of(
          "closing database \"" + database + "\"", server.name(), e, ErrorCode.SOURCE_FAILED);
    }
  }
}
