package io.holdfast.worker.source.logical;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.backup.LogicalSourceSpec.RowCounts;
import io.holdfast.model.manifest.Inventory.DatabaseInventory;
import io.holdfast.model.manifest.Inventory.TableInventory;
import io.holdfast.worker.postgres.SqlFailures;
import io.holdfast.worker.progress.Progress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Reads what is there, in a session's snapshot, for a restore to be compared with. */
public final class InventoryReader {
  /** Ordinary tables, partitions among them; what an extension brings comes back with it. */
  private static final String TABLES =
      """
      select n.nspname, c.relname, c.reltuples::bigint, c.relpersistence,
             quote_ident(n.nspname) || '.' || quote_ident(c.relname)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and c.relpersistence <> 't'
        and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
        and not exists (select from pg_depend d
                        where d.classid = 'pg_class'::regclass and d.objid = c.oid
                          and d.deptype = 'e')
      order by n.nspname collate "C", c.relname collate "C"
      """;

  private InventoryReader() {}

  /** Roles but PostgreSQL's own. */
  public static List<String> roles(LogicalSession session) {
    List<String> roles = new ArrayList<>();
    try (Statement statement = session.connection().createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select rolname from pg_roles where rolname !~ '^pg_'"
                    + " order by rolname collate \"C\"")) {
      while (rows.next()) {
        roles.add(rows.getString(1));
      }
      return roles;
    } catch (SQLException e) {
      throw failure("reading roles", session, e);
    }
  }

  /**
   * Every table of the session's database with its rows: counted in the snapshot, or the planner's
   * estimate. -1 where that is not known, as for unlogged tables on a standby.
   */
  public static DatabaseInventory tables(
      LogicalSession session, RowCounts counts, Progress progress) {
    record Found(String schema, String name, long estimate, boolean unreadable, String quoted) {}
    List<Found> found = new ArrayList<>();
    Connection connection = session.connection();
    String what = "reading the tables of database \"" + session.description().name() + "\"";
    try (Statement statement = connection.createStatement()) {
      try (ResultSet rows = statement.executeQuery(TABLES)) {
        while (rows.next()) {
          boolean unreadable = session.onStandby() && rows.getString(4).equals("u");
          found.add(
              new Found(
                  rows.getString(1),
                  rows.getString(2),
                  rows.getLong(3),
                  unreadable,
                  rows.getString(5)));
        }
      }
      List<TableInventory> tables = new ArrayList<>();
      for (Found table : found) {
        progress.advanced(0); // notices a stop
        long rows =
            switch (counts) {
              case ESTIMATED -> table.estimate();
              case EXACT -> table.unreadable() ? -1 : count(statement, table.quoted());
            };
        tables.add(new TableInventory(table.schema(), table.name(), rows));
      }
      return new DatabaseInventory(session.description().name(), tables);
    } catch (SQLException e) {
      throw failure(what, session, e);
    }
  }

  private static long count(Statement statement, String quoted) throws SQLException {
    // "only": the rows of children are counted with the children.
    try (ResultSet row = statement.executeQuery("select count(*) from only " + quoted)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static RuntimeException failure(String what, LogicalSession session, SQLException e) {
    return SqlFailures.of(what, session.server().name(), e, ErrorCode.SOURCE_FAILED);
  }
}
