package io.holdfast.demo;

import io.holdfast.embedded.postgres.PostgresServer;
import java.util.SortedMap;
import java.util.TreeMap;

/** The rows that the demo puts in and expects back. */
final class DemoData {
  private DemoData() {}

  static void fill(PostgresServer primary) {
    primary.execute(
        "CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL)",
        "CREATE TABLE invoice (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
            + " customer int NOT NULL REFERENCES customer, amount numeric(12,2) NOT NULL, note text)",
        "CREATE INDEX invoice_customer ON invoice (customer)",
        "COMMENT ON TABLE invoice IS 'what the demo drops and brings back'",
        "INSERT INTO customer SELECT i, 'customer ' || i FROM generate_series(1, 5000) i",
        "INSERT INTO invoice (customer, amount, note) SELECT 1 + i % 5000, (i % 100000) / 100.0,"
            + " md5(i::text) || md5((i * 7)::text) FROM generate_series(1, 400000) i",
        "CREATE TABLE traffic (v text)",
        "ANALYZE");
  }

  /** Makes about that much WAL. */
  static void writeMegabytes(PostgresServer primary, int megabytes) {
    primary.execute(
        "INSERT INTO traffic SELECT repeat(md5(i::text), 30) FROM generate_series(1, "
            + megabytes * 1000
            + ") i");
  }

  /** Table -> "rows, digest of every row in order": equal exactly when the contents are. */
  static SortedMap<String, String> fingerprint(PostgresServer server) {
    SortedMap<String, String> tables = new TreeMap<>();
    for (String table : new String[] {"customer", "invoice"}) {
      tables.put(
          table,
          server.queryText(
              "SELECT count(*) || ' rows, md5 ' || md5(string_agg(t::text, E'\\n' ORDER BY id))"
                  + " FROM "
                  + table
                  + " t"));
    }
    return tables;
  }
}
