package io.holdfast.bench;

import io.holdfast.embedded.postgres.PostgresServer;
import java.util.Map;

/** Half of it is pgbench's (compresses well), half is text with random parts (does not). */
final class BenchData {
  private static final double PGBENCH_GIGABYTES_PER_SCALE = 0.0150;
  private static final double TEXT_BYTES_PER_ROW = 440;

  private BenchData() {}

  static void fill(PostgresServer server, double gigabytes) {
    server.execute("CREATE DATABASE " + BenchStage.DATABASE);
    long scale = Math.max(1, Math.round(gigabytes / 2 / PGBENCH_GIGABYTES_PER_SCALE));
    Shell.run(
        server.install().program("pgbench") + " -i -q -I dtGvp -s " + scale,
        Map.of(
            "PGHOST", server.host(),
            "PGPORT", Integer.toString(server.port()),
            "PGUSER", server.superuser().username(),
            "PGPASSWORD", server.superuser().password(),
            "PGDATABASE", BenchStage.DATABASE));
    long rows = Math.round(gigabytes / 2 * 1e9 / TEXT_BYTES_PER_ROW);
    server.executeIn(
        BenchStage.DATABASE,
        "CREATE TABLE entry (id bigint, at timestamptz, customer int, note text)",
        "INSERT INTO entry SELECT i, timestamptz '2026-01-01' + i * interval '1 s', i % 9973,"
            + " 'order ' || i || ' of customer ' || i % 9973 || ' ' || md5(i::text) ||"
            + " repeat(md5((i / 16)::text), 8) || md5((i * 7)::text)"
            + " FROM generate_series(1, "
            + rows
            + ") i",
        "VACUUM ANALYZE",
        "CHECKPOINT");
  }

  static String size(PostgresServer server) {
    return server.queryText(
        "SELECT round(sum(pg_database_size(oid)) / 1e9, 2) || ' GB in '"
            + " || count(*) || ' databases, PostgreSQL ' || current_setting('server_version')"
            + " || ', data checksums ' || current_setting('data_checksums') FROM pg_database");
  }
}
