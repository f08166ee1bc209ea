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
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Compares what was recorded at backup time with what a restored server holds. */
public final class InventoryComparison {
  /** Opens a database of the restored server. */
  public interface Restored {
    Connection connect(String database) throws SQLException;
  }

  private static final int MOST_NAMED = 5;
  private final Restored server;
  private final List<Finding> findings = new ArrayList<>();
  private final List<String> differences = new ArrayList<>();

  private InventoryComparison(Restored server) {
    this.server = server;
  }

  /**
   * Counts rows where the inventory is exact; elsewhere each table must be there and readable to
   * its last row, and the finding says that counts were not compared.
   *
   * @throws JobFailure VERIFICATION_FAILED with the first differences
   */
  public static List<Finding> compare(Inventory recorded, String anyDatabase, Restored server) {
    InventoryComparison comparison = new InventoryComparison(server);
    try {
      comparison.roles(recorded, anyDatabase);
      for (DatabaseInventory database : recorded.databases()) {
        comparison.database(database, recorded.exact());
      }
    } catch (SQLException e) {
      throw new JobFailure(
          ErrorCode.VERIFICATION_FAILED,
          "the restored server could not be read: " + e.getMessage(),
          "The backup cannot be relied on; take a new one and look at the source.",
          e);
    }
    if (!comparison.differences.isEmpty()) {
      throw new JobFailure(
          ErrorCode.VERIFICATION_FAILED,
          comparison.differences.size()
              + " differences between backup time and restore: "
              + String.join(
                  "; ",
                  comparison.differences.subList(
                      0, Math.min(MOST_NAMED, comparison.differences.size()))),
          "The backup does not bring back what was there; take a new one.");
    }
    return comparison.findings;
  }

  private void roles(Inventory recorded, String anyDatabase) throws SQLException {
    Set<String> found = new TreeSet<>();
    try (Connection connection = server.connect(anyDatabase);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT rolname FROM pg_roles")) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    recorded.roles().stream()
        .filter(role -> !found.contains(role))
        .forEach(role -> differences.add("role \"" + role + "\" is missing"));
    findings.add(
        new Finding("roles", "OK", "All " + recorded.roles().size() + " roles came back.", null));
  }

  private void database(DatabaseInventory database, boolean exact) throws SQLException {
    long rows = 0;
    try (Connection connection = server.connect(database.name());
        Statement statement = connection.createStatement()) {
      for (TableInventory table : database.tables()) {
        rows += table(statement, database, table, exact);
      }
    }
    findings.add(
        new Finding(
            "database",
            "OK",
            "Database \""
                + database.name()
                + "\": "
                + database.tables().size()
                + " tables came back, "
                + rows
                + (exact
                    ? " rows, each table's count equal."
                    : " rows read; counts were estimates at backup time and not compared."),
            null));
  }

  private long table(
      Statement statement, DatabaseInventory database, TableInventory table, boolean exact)
      throws SQLException {
    String name = quoted(table.schema()) + "." + quoted(table.name());
    String where = "table " + name + " of database \"" + database.name() + "\"";
    try (ResultSet row = statement.executeQuery("SELECT count(*) FROM ONLY " + name)) {
      row.next();
      long rows = row.getLong(1);
      if (exact && table.rows() >= 0 && rows != table.rows()) {
        differences.add(where + " has " + rows + " rows instead of " + table.rows());
      }
      return rows;
    } catch (SQLException e) {
      if ("42P01".equals(e.getSQLState())) {
        differences.add(where + " is missing");
        return 0;
      }
      throw e;
    }
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
