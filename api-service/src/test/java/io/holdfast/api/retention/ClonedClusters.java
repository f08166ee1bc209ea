package io.holdfast.api.retention;

import io.agroal.api.AgroalDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.IntStream;

/** More clusters like one: with its backups, copies, holds and WAL, written by SQL. */
final class ClonedClusters {
  private static final String[] TABLES = {
    "insert into cluster (name, pool, repository, spec, labels, version, created_at, updated_at,"
        + " updated_by, archive, retention, copies, system_identifier) select :name, pool,"
        + " repository, spec, labels, 1, created_at, updated_at, updated_by, archive, retention,"
        + " copies, system_identifier from cluster t, :clones where name = ':of'",
    "insert into backup (id, cluster, method, state, repository, job_id, started_at, finished_at,"
        + " plain_bytes, stored_bytes, manifest, selection_hash, verified_at) select"
        + " cast(md5(t.id || :name) as uuid), :name, method, state, repository, job_id, started_at,"
        + " finished_at, plain_bytes, stored_bytes, case when parent is null then manifest else"
        + " jsonb_set(manifest, '{parent}', to_jsonb(cast(cast(md5(t.parent || :name) as uuid) as"
        + " text))) end, selection_hash, verified_at from backup t, :clones where cluster = ':of'",
    "insert into backup_copy (backup_id, repository, state, asked_at, stored_bytes) select"
        + " cast(md5(t.backup_id || :name) as uuid), t.repository, t.state, t.asked_at,"
        + " t.stored_bytes from backup_copy t join backup b on b.id = t.backup_id, :clones where"
        + " b.cluster = ':of'",
    "insert into hold (id, backup_id, kind, reason, created_at, created_by) select"
        + " gen_random_uuid(), cast(md5(t.backup_id || :name) as uuid), t.kind, t.reason,"
        + " t.created_at, t.created_by from hold t join backup b on b.id = t.backup_id, :clones"
        + " where b.cluster = ':of'",
    "insert into archive_state (cluster, first_observed_at, observed_at, observation, holes,"
        + " conditions) select :name, first_observed_at, observed_at, observation, holes, conditions"
        + " from archive_state t, :clones where cluster = ':of'",
    "insert into wal_mark (cluster, timeline, lsn, at) select :name, timeline, lsn, at from"
        + " wal_mark t, :clones where cluster = ':of'",
    "insert into wal_copy (cluster, repository, asked_at, copied_at) select :name, repository,"
        + " asked_at, copied_at from wal_copy t, :clones where cluster = ':of'",
    "insert into wal_expired (cluster, repository, system_identifier, timeline, from_lsn, to_lsn,"
        + " job_id, at) select :name, repository, system_identifier, timeline, from_lsn, to_lsn,"
        + " job_id, at from wal_expired t, :clones where cluster = ':of'"
  };

  private ClonedClusters() {}

  /** Their names. */
  static List<String> of(AgroalDataSource catalog, String cluster, int clones) throws SQLException {
    for (String table : TABLES) {
      execute(
          catalog,
          table
              .replace(":name", "':of-' || to_char(i, 'FM00')")
              .replace(":clones", "generate_series(1, " + clones + ") i")
              .replace(":of", cluster));
    }
    return IntStream.rangeClosed(1, clones)
        .mapToObj(i -> cluster + "-" + (i < 10 ? "0" : "") + i)
        .toList();
  }

  static void execute(AgroalDataSource catalog, String sql) throws SQLException {
    try (Connection connection = catalog.getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }
}
