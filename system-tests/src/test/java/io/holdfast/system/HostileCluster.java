package io.holdfast.system;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Everything that has broken a backup tool before: names, roles, settings, encodings, objects. */
final class HostileCluster {
  /** Database names that are options, connection strings, shell or terminal text elsewhere. */
  static final List<String> NAMES =
      List.of(
          "plain",
          "with space",
          "quo\"te's",
          "$(touch /tmp/holdfast-pwned)",
          "-Fc",
          "--help",
          "host=evil dbname=x",
          "line\nfeed",
          "tab\tand\\backslash",
          "../../etc",
          "postgresql://evil/x",
          "größe-数据-🐘",
          "x".repeat(63),
          "UPPER",
          "empty");

  private HostileCluster() {}

  static void create(Databases server) throws SQLException {
    server.execute(
        "postgres",
        "CREATE ROLE app_owner LOGIN PASSWORD 'owner-secret'",
        "CREATE ROLE \"App Reader\" NOLOGIN",
        "CREATE ROLE \"rob'ert\" LOGIN CONNECTION LIMIT 3 VALID UNTIL '2031-01-01'",
        "GRANT \"App Reader\" TO \"rob'ert\"",
        "ALTER ROLE app_owner SET statement_timeout = '7min'");
    for (String name : NAMES) {
      server.execute("postgres", "CREATE DATABASE " + Databases.quoted(name) + " OWNER app_owner");
      if (!name.equals("empty")) {
        fill(server, name);
      }
    }
    server.execute(
        "postgres",
        "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0",
        "CREATE DATABASE many",
        "CREATE DATABASE swedish TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER icu"
            + " ICU_LOCALE 'sv-SE' CONNECTION LIMIT 7 IS_TEMPLATE true OWNER app_owner",
        "COMMENT ON ROLE app_owner IS 'owns; it''s all'",
        "ALTER DATABASE plain SET work_mem = '7MB'",
        "COMMENT ON DATABASE plain IS 'a comment; -- with \"quotes\"'",
        "ALTER ROLE app_owner IN DATABASE plain SET search_path = shop, public",
        "REVOKE CONNECT ON DATABASE plain FROM PUBLIC",
        "GRANT CONNECT ON DATABASE plain TO \"App Reader\"");
    server.execute("latin", "CREATE TABLE t (v text)", "INSERT INTO t VALUES ('grüße')");
    List<String> tables = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      tables.add("CREATE TABLE t" + i + " AS SELECT g AS n FROM generate_series(1, " + i + ") g");
    }
    server.execute("many", tables.toArray(String[]::new));
  }

  private static void fill(Databases server, String database) throws SQLException {
    server.execute(
        database,
        "CREATE SCHEMA shop AUTHORIZATION app_owner",
        "CREATE TYPE shop.state AS ENUM ('new', 'paid')",
        "CREATE SEQUENCE shop.number START 1000 INCREMENT 7",
        "CREATE TABLE shop.item (id int PRIMARY KEY DEFAULT nextval('shop.number'), label text"
            + " NOT NULL, state shop.state DEFAULT 'new', payload jsonb, raw bytea)",
        "ALTER SEQUENCE shop.number OWNED BY shop.item.id",
        "CREATE TABLE \"Odd Name; DROP TABLE\" (\"co lumn\" text, item int REFERENCES shop.item)",
        "CREATE INDEX ON shop.item (label)",
        "CREATE VIEW shop.paid AS SELECT * FROM shop.item WHERE state = 'paid'",
        "CREATE FUNCTION shop.twice(int) RETURNS int LANGUAGE sql AS 'SELECT $1 * 2'",
        "INSERT INTO shop.item (label, payload, raw) SELECT 'item ' || i || E'\\n\\t\\\\' ,"
            + " jsonb_build_object('n', i), decode(md5(i::text), 'hex') FROM"
            + " generate_series(1, 500) i",
        "INSERT INTO \"Odd Name; DROP TABLE\" SELECT NULL, id FROM shop.item LIMIT 50",
        "COMMENT ON TABLE shop.item IS 'it''s ours'",
        "COMMENT ON COLUMN shop.item.label IS 'ünïcode'",
        "GRANT USAGE ON SCHEMA shop TO \"App Reader\"",
        "GRANT SELECT ON ALL TABLES IN SCHEMA shop TO \"App Reader\"",
        "ALTER TABLE shop.item OWNER TO app_owner",
        "SELECT lo_from_bytea(0, decode(repeat('00ff', 5000), 'hex'))");
  }
}
