package io.holdfast.worker.server;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.manifest.Inventory;
import io.holdfast.model.manifest.Inventory.DatabaseInventory;
import io.holdfast.model.manifest.Inventory.TableInventory;
import io.holdfast.worker.failure.JobFailure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Holds a copy that was recovered beyond its backup against what that recorded. Rows have come and
 * gone since, and tables may have: what is missing is told, and is no failure.
 */
public final class SurvivingTables {
  private static final int MOST_NAMED = 5;
  private static final String TABLES =
      """
      select n.nspname, c.relname
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'm', 'p')
      """;

  private SurvivingTables() {}

  /**
   * @throws JobFailure VERIFICATION_FAILED when the server cannot be read
   */
  public static List<Finding> look(Inventory recorded, InventoryComparison.Restored server) {
    List<Finding> findings = new ArrayList<>();
    try {
      Set<String> databases = databases(server);
      for (DatabaseInventory database : recorded.databases()) {
        findings.add(
            databases.contains(database.name())
                ? tables(database, server)
                : new Finding(
                    "tables",
                    "WARNING",
                    "Database \""
                        + database.name()
                        + "\" of the backup is not there; it may have been dropped or renamed"
                        + " since.",
                    null));
      }
    } catch (SQLException e) {
      throw new JobFailure(
          ErrorCode.VERIFICATION_FAILED,
          "the recovered server could not be read: " + e.getMessage(),
          "The backup cannot be relied on; take a new one and look at the source.",
          e);
    }
    return findings;
  }

  private static Set<String> databases(InventoryComparison.Restored server) throws SQLException {
    Set<String> names = new HashSet<>();
    try (Connection connection = server.connect("template1");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select datname from pg_database")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  private static Finding tables(DatabaseInventory database, InventoryComparison.Restored server)
      throws SQLException {
    Set<TableInventory> found = new HashSet<>();
    try (Connection connection = server.connect(database.name());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(TABLES)) {
      while (rows.next()) {
        found.add(new TableInventory(rows.getString(1), rows.getString(2), 0));
      }
    }
    List<String> missing =
        database.tables().stream()
            .filter(table -> !found.contains(new TableInventory(table.schema(), table.name(), 0)))
            .map(table -> table.schema() + "." + table.name())
            .toList();
    String counted =
        "Database \""
            + database.name()
            + "\": "
            + (database.tables().size() - missing.size())
            + " of "
            + database.tables().size()
            + " tables of the backup are there; recovery went beyond it, so rows were not compared";
    return missing.isEmpty()
        ? new Finding("tables", "OK", counted + ".", null)
        : new Finding(
            "tables",
            "WARNING",
            counted
                + ". Missing, perhaps dropped since: "
                + String.join(", ", missing.subList(0, Math.min(MOST_NAMED, missing.size())))
                + ".",
            null);
  }
}
