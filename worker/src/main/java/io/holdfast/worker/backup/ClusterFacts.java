package io.holdfast.worker.backup;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.backup.LogicalSourceSpec.RowCounts;
import io.holdfast.model.manifest.Inventory;
import io.holdfast.model.manifest.Inventory.DatabaseInventory;
import io.holdfast.model.manifest.Inventory.TableInventory;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.worker.postgres.SqlFailures;
import io.holdfast.worker.source.logical.DatabaseResolver;
import io.holdfast.worker.source.logical.InventoryReader;
import io.holdfast.worker.source.logical.LogicalSession;
import io.holdfast.worker.source.physical.ConfigurationFiles;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a base backup does not say about itself. Read before its end and after it: what is there
 * both times must be in the copy, whatever was created or dropped meanwhile, because a copy is that
 * of the backup's end.
 */
record ClusterFacts(
    int walSegmentBytes,
    Map<Long, String> tablespaceNames,
    List<Manifest.Database> databases,
    Inventory inventory,
    ConfigurationFiles.Taken configuration) {
  static ClusterFacts read(BackupRooms rooms, ChosenNode node, Run run) {
    String maintenance = run.spec().cluster().maintenanceDatabase();
    List<Manifest.Database> databases = new ArrayList<>();
    List<DatabaseInventory> tables = new ArrayList<>();
    List<String> roles = List.of();
    for (String name : new DatabaseResolver(rooms.connections()).open(node.server(), maintenance)) {
      try (LogicalSession session = LogicalSession.open(rooms.connections(), node.server(), name)) {
        Manifest.Database found = session.description();
        databases.add(
            new Manifest.Database(
                found.name(),
                found.encoding(),
                found.collate(),
                found.ctype(),
                found.owner(),
                null,
                found.localeProvider(),
                found.locale(),
                found.icuRules(),
                found.tablespace()));
        tables.add(InventoryReader.tables(session, RowCounts.ESTIMATED, run.attempt()));
        roles = InventoryReader.roles(session);
      }
    }
    try (Connection connection = rooms.connections().open(node.server(), maintenance)) {
      return new ClusterFacts(
          Integer.parseInt(
              one(connection, "SELECT setting FROM pg_settings WHERE name = 'wal_segment_size'")),
          tablespaceNames(connection),
          databases,
          new Inventory(false, roles, tables, one(connection, "SELECT pg_get_userbyid(10)")),
          ConfigurationFiles.read(connection, node.node().name()));
    } catch (SQLException e) {
      throw SqlFailures.of(
          "reading the cluster's settings", node.node().name(), e, ErrorCode.SOURCE_FAILED);
    }
  }

  private static String one(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static Map<Long, String> tablespaceNames(Connection connection) throws SQLException {
    Map<Long, String> names = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT oid, spcname FROM pg_tablespace")) {
      while (row.next()) {
        names.put(row.getLong(1), row.getString(2));
      }
    }
    return names;
  }

  /** The tablespaces of the backup by the names that people know. */
  List<Manifest.Tablespace> named(List<Manifest.Tablespace> tablespaces) {
    return tablespaces.stream()
        .map(
            space ->
                new Manifest.Tablespace(
                    space.oid(),
                    tablespaceNames.getOrDefault(space.oid(), space.name()),
                    space.location()))
        .toList();
  }

  /** Only what {@code later} still has. */
  Inventory stillThere(ClusterFacts later) {
    Set<String> roles = new HashSet<>(later.inventory.roles());
    Map<String, Set<String>> tables = new HashMap<>();
    for (DatabaseInventory database : later.inventory.databases()) {
      Set<String> names = new HashSet<>();
      database.tables().forEach(table -> names.add(qualified(table)));
      tables.put(database.name(), names);
    }
    return new Inventory(
        false,
        inventory.roles().stream().filter(roles::contains).toList(),
        inventory.databases().stream()
            .filter(database -> tables.containsKey(database.name()))
            .map(
                database ->
                    new DatabaseInventory(
                        database.name(),
                        database.tables().stream()
                            .filter(table -> tables.get(database.name()).contains(qualified(table)))
                            .toList()))
            .toList(),
        inventory.superuser());
  }

  private static String qualified(TableInventory table) {
    return table.schema() + "\0" + table.name();
  }
}
