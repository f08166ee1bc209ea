package io.holdfast.worker.chain;

import io.holdfast.embedded.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Accounts that many move money between, each move with an entry: their sums always agree. */
final class Ledger implements AutoCloseable {
  private static final int ACCOUNTS = 20_000;
  private static final int CLIENTS = 2;

  private final AtomicBoolean running = new AtomicBoolean(true);
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private final List<Thread> clients = new ArrayList<>();

  private Ledger() {}

  static void create(PostgresServer server) {
    server.execute(
        "CREATE TABLE accounts (id int PRIMARY KEY, balance bigint NOT NULL, filler text)",
        "INSERT INTO accounts SELECT i, 0, repeat(md5(i::text), 3) FROM generate_series(1, "
            + ACCOUNTS
            + ") i",
        "CREATE TABLE entries (id bigserial PRIMARY KEY, account int, delta bigint) TABLESPACE side");
  }

  static Ledger writeTo(PostgresServer server) {
    Ledger ledger = new Ledger();
    for (int i = 0; i < CLIENTS; i++) {
      ledger.clients.add(Thread.ofPlatform().start(() -> ledger.write(server)));
    }
    return ledger;
  }

  private void write(PostgresServer server) {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      while (running.get()) {
        int account = ThreadLocalRandom.current().nextInt(ACCOUNTS) + 1;
        int delta = ThreadLocalRandom.current().nextInt(1000);
        statement.execute(
            "UPDATE accounts SET balance = balance + " + delta + " WHERE id = " + account);
        statement.execute(
            "INSERT INTO entries (account, delta) VALUES (" + account + ", " + delta + ")");
        connection.commit();
        acknowledged.incrementAndGet();
      }
    } catch (SQLException e) {
      failure.set(e);
    }
  }

  /** How many moves clients know to be committed. */
  long acknowledged() {
    return acknowledged.get();
  }

  @Override
  public void close() {
    running.set(false);
    for (Thread client : clients) {
      try {
        client.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    if (failure.get() != null) {
      throw new IllegalStateException(failure.get());
    }
  }

  /** Every row of every table, as one digest each. */
  static List<String> fingerprint(Connection connection) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      List<String> tables = new ArrayList<>();
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")) {
        while (rows.next()) {
          tables.add(rows.getString(1));
        }
      }
      for (String table : tables) {
        lines.add(
            table
                + " "
                + one(
                    statement,
                    "SELECT count(*) || ' ' || md5(string_agg(md5(t::text), '' ORDER BY t::text))"
                        + " FROM "
                        + table
                        + " t"));
      }
    }
    return lines;
  }

  /** Entries found; fails when they do not add up to the balances. */
  static long entriesThatAddUp(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      String difference =
          one(
              statement,
              "SELECT (SELECT sum(balance) FROM accounts) - (SELECT coalesce(sum(delta), 0) FROM"
                  + " entries)");
      if (!difference.equals("0")) {
        throw new AssertionError("balances and entries differ by " + difference);
      }
      return Long.parseLong(one(statement, "SELECT count(*) FROM entries"));
    }
  }

  private static String one(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
