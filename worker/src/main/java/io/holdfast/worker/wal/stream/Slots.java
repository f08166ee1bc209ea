package io.holdfast.worker.wal.stream;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.Lsn;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.Server;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The slot of one cluster on its servers. It is on every node: a standby that is promoted then has
 * kept the WAL that was not yet stored, and no segment is missing.
 */
final class Slots {
  private static final Logger LOG = Logger.getLogger(Slots.class);
  private static final String LOST = "lost";

  private final String name;
  private final String database;
  private final boolean unlimited;

  /**
   * @param unlimited whether a server may keep WAL for it without bounds
   */
  Slots(String name, String database, boolean unlimited) {
    this.name = name;
    this.database = database;
    this.unlimited = unlimited;
  }

  String name() {
    return name;
  }

  /**
   * Makes the slot where it is missing, and anew where the server has given it up.
   *
   * @return from where on the server has kept WAL
   * @throws JobFailure INVALID_SELECTION when the server would keep WAL until its disk is full
   */
  Lsn ensure(Server server) throws SQLException {
    try (Connection connection = Connections.brisk().open(server, database)) {
      requireBudget(connection, server);
      Optional<Slot> known = look(connection);
      if (known.isPresent() && LOST.equals(known.get().walStatus())) {
        LOG.errorf(
            "server %s gave up slot %s: it fell further behind than max_slot_wal_keep_size; there is"
                + " a gap before what is streamed from here",
            server.name(), name);
        call(connection, "select pg_drop_replication_slot(?)");
        known = Optional.empty();
      }
      if (known.isEmpty()) {
        call(connection, "select pg_create_physical_replication_slot(?, true)");
        known = look(connection);
      }
      return known.map(Slot::restart).orElseThrow();
    }
  }

  /** On a standby: makes the slot, and moves it to what is stored, never beyond what it has. */
  void follow(Server standby, Lsn stored) throws SQLException {
    try (Connection connection = Connections.brisk().open(standby, database)) {
      requireBudget(connection, standby);
      Optional<Slot> known = look(connection);
      if (known.isEmpty()) {
        call(connection, "select pg_create_physical_replication_slot(?, true)");
      } else if (known.get().restart() != null && known.get().restart().compareTo(stored) < 0) {
        try (PreparedStatement advance =
            connection.prepareStatement(
                "select pg_replication_slot_advance(?,"
                    + " least(?::pg_lsn, pg_last_wal_replay_lsn()))")) {
          advance.setString(1, name);
          advance.setString(2, stored.toString());
          advance.execute();
        }
      }
    }
  }

  private record Slot(String walStatus, Lsn restart) {}

  private Optional<Slot> look(Connection connection) throws SQLException {
    try (PreparedStatement question =
        connection.prepareStatement(
            "select wal_status, restart_lsn::text from pg_replication_slots"
                + " where slot_name = ? and slot_type = 'physical'")) {
      question.setString(1, name);
      try (ResultSet row = question.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        String restart = row.getString(2);
        return Optional.of(new Slot(row.getString(1), restart == null ? null : Lsn.parse(restart)));
      }
    }
  }

  private void requireBudget(Connection connection, Server server) throws SQLException {
    if (unlimited) {
      return;
    }
    try (PreparedStatement question =
            connection.prepareStatement(
                "select setting from pg_settings where name = 'max_slot_wal_keep_size'");
        ResultSet row = question.executeQuery()) {
      row.next();
      if (row.getString(1).equals("-1")) {
        throw new JobFailure(
            ErrorCode.INVALID_SELECTION,
            "server '"
                + server.name()
                + "' has no max_slot_wal_keep_size: a slot that nobody reads would fill its disk",
            "Set max_slot_wal_keep_size to what its disk can spare, or allow the unlimited slot in"
                + " the cluster's archive.");
      }
    }
  }

  private void call(Connection connection, String sql) throws SQLException {
    try (PreparedStatement call = connection.prepareStatement(sql)) {
      call.setString(1, name);
      call.execute();
    }
  }
}
