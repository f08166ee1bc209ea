package io.holdfast.system;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A load of transfers between accounts, whose sum never changes, with the client's own record of
 * what was acknowledged and when.
 */
final class Ledger implements AutoCloseable {
  private static final int ACCOUNTS = 200;

  private final Databases server;
  private final Queue<Commit> commits = new ConcurrentLinkedQueue<>();
  private final AtomicInteger next = new AtomicInteger();
  private final List<Thread> writers = new ArrayList<>();
  private volatile boolean stopped;
  private volatile SQLException failure;

  /**
   * One transaction, with what was true before its commit was asked for and after it was
   * acknowledged.
   */
  record Commit(int id, String xid, Instant before, Instant after) {}

  Ledger(Databases server) throws SQLException {
    this.server = server;
    server.execute(
        "postgres",
        "create table account (id int primary key, balance bigint not null)",
        "insert into account select i, 1000 from generate_series(1, " + ACCOUNTS + ") i",
        "create table transfer (id int primary key, xid text not null)");
  }

  /** Begins to write, with that many connections. */
  void write(int connections) {
    for (int i = 0; i < connections; i++) {
      Random random = new Random(i);
      writers.add(Thread.ofPlatform().daemon().start(() -> write(random)));
    }
  }

  private void write(Random random) {
    try (Connection connection = server.connect("postgres")) {
      connection.setAutoCommit(false);
      try (PreparedStatement move =
              connection.prepareStatement("update account set balance = balance + ? where id = ?");
          PreparedStatement note =
              connection.prepareStatement(
                  "insert into transfer values (?, pg_current_xact_id()::text) returning xid")) {
        while (!stopped) {
          commits.add(transfer(connection, move, note, random));
        }
      }
    } catch (SQLException e) {
      if (!stopped) {
        failure = e;
      }
    }
  }

  private Commit transfer(
      Connection connection, PreparedStatement move, PreparedStatement note, Random random)
      throws SQLException {
    int id = next.incrementAndGet();
    int from = 1 + random.nextInt(ACCOUNTS / 2);
    int amount = random.nextInt(100);
    // Lower numbers first, so that no two wait for each other.
    for (int side : new int[] {from, from + ACCOUNTS / 2}) {
      move.setLong(1, side == from ? -amount : amount);
      move.setInt(2, side);
      move.executeUpdate();
    }
    note.setInt(1, id);
    String xid;
    try (ResultSet row = note.executeQuery()) {
      row.next();
      xid = row.getString(1);
    }
    Instant before = Instant.now();
    connection.commit();
    return new Commit(id, xid, before, Instant.now());
  }

  /** What was acknowledged up to now. */
  List<Commit> commits() {
    return List.copyOf(commits);
  }

  /** What a copy holds, or why it cannot be. */
  static List<Integer> transfersIn(Databases copy) throws SQLException {
    try (Connection connection = copy.connect("postgres");
        Statement statement = connection.createStatement()) {
      try (ResultSet sum = statement.executeQuery("select sum(balance) from account")) {
        sum.next();
        if (sum.getLong(1) != 1000L * ACCOUNTS) {
          throw new AssertionError("the accounts have " + sum.getLong(1) + " in all");
        }
      }
      List<Integer> ids = new ArrayList<>();
      try (ResultSet row = statement.executeQuery("select id from transfer")) {
        while (row.next()) {
          ids.add(row.getInt(1));
        }
      }
      return ids;
    }
  }

  /** Stops writing and waits for the writers. */
  void stop() throws InterruptedException {
    stopped = true;
    for (Thread writer : writers) {
      writer.join();
    }
    if (failure != null) {
      throw new AssertionError("a writer failed", failure);
    }
  }

  @Override
  public void close() {
    stopped = true;
  }
}
