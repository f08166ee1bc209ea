package io.holdfast.worker.target.logical;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.dump.SqlStatements;
import io.holdfast.worker.dump.TocEntry;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.postgres.SqlFailures;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * The server that a restore writes to, and the lock that keeps a second restore of the same
 * database away. The lock lives as long as this connection, so it cannot outlive a killed worker.
 */
final class TargetServer implements AutoCloseable {
  private static final String USER_OBJECTS =
      """
      select exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                     where n.nspname <> 'information_schema' and n.nspname !~ '^pg_')
          or exists (select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                     where n.nspname <> 'information_schema' and n.nspname !~ '^pg_')
          or exists (select from pg_namespace
                     where nspname not in ('information_schema', 'public') and nspname !~ '^pg_')
          or exists (select from pg_largeobject_metadata)
      """;

  private final Connections connections;
  private final Server server;
  private final Connection connection;

  private TargetServer(Connections connections, Server server, Connection connection) {
    this.connections = connections;
    this.server = server;
    this.connection = connection;
  }

  /**
   * @throws JobFailure TARGET_REFUSED when it is a standby
   */
  static TargetServer open(Connections connections, Server server, String maintenanceDatabase) {
    TargetServer target;
    try {
      target = new TargetServer(connections, server, connections.open(server, maintenanceDatabase));
    } catch (SQLException e) {
      throw failed("connecting to the target", server, e);
    }
    try {
      target.refuseStandby();
      return target;
    } catch (RuntimeException e) {
      target.close();
      throw e;
    }
  }

  private void refuseStandby() {
    if (names("select pg_is_in_recovery()::text").contains("true")) {
      throw new JobFailure(
          ErrorCode.TARGET_REFUSED,
          "node '" + server.name() + "' is a standby, which takes no writes",
          "restore to the primary: leave 'targetNode' out, and it is found");
    }
  }

  /** Takes the lock for a database's name, or refuses at once. */
  void lock(String database) {
    try (PreparedStatement statement =
        connection.prepareStatement("select pg_try_advisory_lock(('x' || ?)::bit(64)::bigint)")) {
      statement.setString(1, digest(database).substring(0, 16));
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        if (!row.getBoolean(1)) {
          throw new JobFailure(
              ErrorCode.TARGET_REFUSED,
              "another restore into database \""
                  + database
                  + "\" is running on node '"
                  + server.name()
                  + "'",
              "wait for it to end, or choose another target database");
        }
      }
    } catch (SQLException e) {
      throw failed("locking the target", server, e);
    }
  }

  /** Always the same for one target, so that the next restore finds what a killed one left. */
  static String temporaryName(String database) {
    return "holdfast-restoring-" + digest(database).substring(0, 32);
  }

  private static String digest(String database) {
    try {
      byte[] bytes = ("holdfast restore " + database).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  int major() {
    return Integer.parseInt(names("show server_version_num").iterator().next()) / 10000;
  }

  /** One column of text, for questions about the whole server. */
  Set<String> names(String sql) {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      Set<String> names = new HashSet<>();
      while (rows.next()) {
        names.add(rows.getString(1));
      }
      return names;
    } catch (SQLException e) {
      throw failed("asking the target", server, e);
    }
  }

  void execute(String sql) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw failed("preparing the target", server, e);
    }
  }

  /** From inside the database, whose encoding a comment on it is stored in. */
  void executeIn(String database, List<String> statements) {
    try (Connection there = connections.open(server, database);
        Statement statement = there.createStatement()) {
      // The settings that a plain dump has brought hold for this session already.
      statement.execute("set default_transaction_read_only = off");
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw failed("setting up database \"" + database + "\"", server, e);
    }
  }

  /** A template too, which PostgreSQL would refuse to drop. */
  void dropIfExists(String database) {
    if (names("select datname from pg_database").contains(database)) {
      execute("alter database " + SqlStatements.quote(database) + " is_template false");
      execute("drop database if exists " + SqlStatements.quote(database) + " with (force)");
    }
  }

  boolean holdsUserObjects(String database) {
    try (Connection there = connections.open(server, database);
        Statement statement = there.createStatement();
        ResultSet row = statement.executeQuery(USER_OBJECTS)) {
      row.next();
      return row.getBoolean(1);
    } catch (SQLException e) {
      throw failed("looking into database \"" + database + "\"", server, e);
    }
  }

  /** Which of the tables hold at least one row of their own. */
  List<String> withRows(String database, List<TocEntry> tables) {
    List<String> filled = new ArrayList<>();
    try (Connection there = connections.open(server, database);
        Statement statement = there.createStatement()) {
      for (TocEntry table : tables) {
        String name = SqlStatements.quote(table.schema()) + "." + SqlStatements.quote(table.tag());
        try (ResultSet row =
            statement.executeQuery("select exists (select from only " + name + ")")) {
          row.next();
          if (row.getBoolean(1)) {
            filled.add(table.schema() + "." + table.tag());
          }
        }
      }
      return filled;
    } catch (SQLException e) {
      throw failed("looking into database \"" + database + "\"", server, e);
    }
  }

  /** Tables and schemas of an existing database, asked once. */
  TocSelection.Existing existing(String database) {
    record Table(String schema, String name) {}
    Set<Table> tables = new HashSet<>();
    Set<String> schemas = new HashSet<>();
    try (Connection there = connections.open(server, database);
        Statement statement = there.createStatement()) {
      try (ResultSet rows =
          statement.executeQuery(
              "select n.nspname, c.relname from pg_class c"
                  + " join pg_namespace n on n.oid = c.relnamespace"
                  + " where c.relkind in ('r', 'p', 'f', 'v', 'm')")) {
        while (rows.next()) {
          tables.add(new Table(rows.getString(1), rows.getString(2)));
        }
      }
      try (ResultSet rows = statement.executeQuery("select nspname from pg_namespace")) {
        while (rows.next()) {
          schemas.add(rows.getString(1));
        }
      }
    } catch (SQLException e) {
      throw failed("looking into database \"" + database + "\"", server, e);
    }
    return new TocSelection.Existing() {
      @Override
      public boolean table(String schema, String name) {
        return tables.contains(new Table(schema, name));
      }

      @Override
      public boolean schema(String name) {
        return schemas.contains(name);
      }
    };
  }

  private static JobFailure failed(String doing, Server server, SQLException e) {
    return SqlFailures.of(doing, server.name(), e, ErrorCode.RESTORE_FAILED);
  }

  @Override
  public void close() {
    try (connection) {
      unlock();
    } catch (SQLException e) {
      throw failed("leaving the target", server, e);
    }
  }

  /** The server notices the end of a session some time after it; the next restore does not wait. */
  private void unlock() {
    try (Statement statement = connection.createStatement()) {
      statement.execute("select pg_advisory_unlock_all()");
    } catch (SQLException ended) {
      // With the session went its locks.
    }
  }
}
