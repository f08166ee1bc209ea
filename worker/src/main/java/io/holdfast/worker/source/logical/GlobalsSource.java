package io.holdfast.worker.source.logical;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.postgres.ServerVersion;
import io.holdfast.worker.postgres.SqlFailures;
import io.holdfast.worker.process.ChildCommand;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.source.Source;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Roles, memberships, role settings and tablespaces, by {@code pg_dumpall --globals-only}. */
public final class GlobalsSource implements Source {
  private final ClientSource client;

  private GlobalsSource(ClientSource client) {
    this.client = client;
  }

  /**
   * Starts pg_dumpall; leaves password hashes out, and says so, where the role may not see them.
   */
  public static GlobalsSource start(
      PgTools tools,
      Connections connections,
      Server server,
      String maintenanceDatabase,
      Progress progress) {
    boolean passwords;
    int major;
    try (Connection connection = connections.open(server, maintenanceDatabase);
        Statement statement = connection.createStatement()) {
      major = ServerVersion.of(connection).major();
      try (ResultSet row =
          statement.executeQuery("select has_table_privilege('pg_catalog.pg_authid', 'SELECT')")) {
        row.next();
        passwords = row.getBoolean(1);
      }
    } catch (SQLException e) {
      throw SqlFailures.of("reading roles", server.name(), e, ErrorCode.SOURCE_FAILED);
    }
    ChildCommand command =
        ChildCommand.of(tools.client("pg_dumpall", major), "--globals-only", "--no-password")
            // pg_dumpall ignores PGDATABASE; this is a connection string with one quoted value.
            .with("--database=" + conninfo(maintenanceDatabase));
    if (!passwords) {
      command = command.with("--no-role-passwords");
      progress.note(
          "NO_ROLE_PASSWORDS",
          "the backup role may not read pg_authid, so roles are backed up without their passwords");
    }
    return new GlobalsSource(new ClientSource(command, server, maintenanceDatabase));
  }

  private static String conninfo(String database) {
    return "dbname='" + database.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  @Override
  public InputStream stream() {
    return client.stream();
  }

  @Override
  public void complete() {
    client.complete();
  }

  @Override
  public void close() {
    client.close();
  }
}
