package io.holdfast.worker.wal.observe;

import io.holdfast.model.Lsn;
import io.holdfast.model.wal.ArchiveObservation.Primary;
import io.holdfast.model.wal.ArchiveObservation.Settings;
import io.holdfast.model.wal.ArchiveObservation.Slot;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.Server;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Asks a primary how far its WAL is and what its archiver and its slot say. */
final class PrimaryProbe {
  private static final String QUESTION =
      """
      select ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int
               as timeline,
             pg_current_wal_insert_lsn()::text as lsn,
             (select setting::bigint * case unit when 'kB' then 1024 when 'MB' then 1048576 else 1 end
                from pg_settings where name = 'wal_segment_size') as segment_bytes,
             last_archived_wal,
             coalesce(last_failed_time > last_archived_time,
                      last_failed_time is not null) as failing,
             current_setting('archive_mode') as archive_mode,
             (select setting::int from pg_settings where name = 'archive_timeout')
               as archive_timeout,
             current_setting('wal_level') as wal_level
        from pg_stat_archiver
      """;

  /** Needs {@code pg_monitor}; its own statement, since a login without it can tell the rest. */
  private static final String WAITING =
      """
      select extract(epoch from clock_timestamp() - min(modification))::float8
        from pg_ls_archive_statusdir()
       where name like '%.ready'
      """;

  private static final String SLOT =
      """
      select active, wal_status,
             pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint as retained,
             (select nullif(setting::bigint, -1) * 1048576 from pg_settings
               where name = 'max_slot_wal_keep_size') as budget
        from pg_replication_slots
       where slot_name = ? and slot_type = 'physical'
      """;

  private PrimaryProbe() {}

  /**
   * @param slot null when there is none of the name
   */
  record Seen(SegmentSize size, Primary primary, Slot slot) {}

  static Seen ask(Connections connections, Server server, String database, String slotName)
      throws SQLException {
    try (Connection connection = connections.open(server, database)) {
      Double waiting = waiting(connection);
      try (PreparedStatement question = connection.prepareStatement(QUESTION);
          ResultSet row = question.executeQuery()) {
        row.next();
        SegmentSize size = new SegmentSize(row.getInt("segment_bytes"));
        Lsn archived =
            Optional.ofNullable(row.getString("last_archived_wal"))
                .flatMap(WalFileName::parse)
                .filter(file -> file.kind() != WalFileName.Kind.HISTORY)
                .map(file -> size.start(file.number(size) + 1))
                .orElse(null);
        Primary primary =
            new Primary(
                server.name(),
                row.getInt("timeline"),
                Lsn.parse(row.getString("lsn")),
                archived,
                row.getBoolean("failing"),
                waiting,
                new Settings(
                    row.getString("archive_mode"),
                    row.getInt("archive_timeout"),
                    row.getString("wal_level")));
        return new Seen(size, primary, slot(connection, server.name(), slotName));
      }
    }
  }

  private static Double waiting(Connection connection) throws SQLException {
    try (PreparedStatement question = connection.prepareStatement(WAITING);
        ResultSet row = question.executeQuery()) {
      row.next();
      double seconds = row.getDouble(1);
      return row.wasNull() ? null : seconds;
    } catch (SQLException e) {
      if ("42501".equals(e.getSQLState())) {
        return null;
      }
      throw e;
    }
  }

  private static Slot slot(Connection connection, String node, String name) throws SQLException {
    try (PreparedStatement question = connection.prepareStatement(SLOT)) {
      question.setString(1, name);
      try (ResultSet row = question.executeQuery()) {
        return row.next()
            ? new Slot(
                name,
                node,
                row.getBoolean("active"),
                row.getString("wal_status"),
                row.getObject("retained", Long.class),
                row.getObject("budget", Long.class))
            : null;
      }
    }
  }
}
