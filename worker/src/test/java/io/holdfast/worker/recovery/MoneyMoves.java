package io.holdfast.worker.recovery;

import io.holdfast.model.Lsn;
import io.holdfast.model.job.JobResult.Restored;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.restore.RecoveryTarget;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Eight clients move money between accounts and note when each commit was acknowledged. Whatever
 * the target: what was acknowledged before it is there, what began after it is not, and no money
 * has come or gone.
 */
final class MoneyMoves implements AutoCloseable {
  /** In all accounts, always. */
  static final long MONEY = 50_000;

  private static final int CLIENTS = 8;

  private final ArchivedCluster cluster;
  private final List<Moved> moves = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicBoolean enough = new AtomicBoolean();
  private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
  private final List<Future<?>> running = new ArrayList<>();

  private MoneyMoves(ArchivedCluster cluster) {
    this.cluster = cluster;
  }

  static MoneyMoves begin(ArchivedCluster cluster, long seed) {
    cluster
        .primary()
        .execute(
            "create table account (id int primary key, money bigint not null)",
            "insert into account select i, " + MONEY / 50 + " from generate_series(1, 50) i");
    MoneyMoves moves = new MoneyMoves(cluster);
    for (int client = 0; client < CLIENTS; client++) {
      Random random = new Random(seed + client);
      moves.running.add(
          moves.clients.submit(
              () -> {
                moves.client(random);
                return null;
              }));
    }
    return moves;
  }

  /**
   * One commit.
   *
   * @param begun the client's clock before it sent the commit; the server's is the same
   * @param before,after the end of the WAL before and after the commit
   */
  record Moved(int i, long xid, Instant begun, Instant acknowledged, Lsn before, Lsn after) {}

  /** Returns when so many more were begun. */
  void awaitMore(int count) {
    int wanted = next.get() + count;
    while (next.get() < wanted && running.stream().noneMatch(Future::isDone)) {
      Thread.onSpinWait();
    }
  }

  /** Returns when the clients have ended and noted everything. */
  void stop() throws Exception {
    enough.set(true);
    for (Future<?> client : running) {
      client.get();
    }
  }

  /** Those that surely came after a backup had ended. */
  List<Moved> after(Manifest backup) {
    return moves.stream()
        .filter(moved -> moved.before().compareTo(backup.wal().stopLsn()) > 0)
        .filter(moved -> moved.begun().isAfter(backup.finishedAt()))
        .toList();
  }

  private void client(Random random) throws Exception {
    try (Connection connection = cluster.primary().connect("postgres")) {
      connection.setAutoCommit(false);
      try (PreparedStatement move =
          connection.prepareStatement("update account set money = money + ? where id = ?")) {
        while (!enough.get()) {
          int i = next.incrementAndGet();
          int from = 1 + random.nextInt(49);
          int to = from + 1 + random.nextInt(50 - from);
          connection.createStatement().execute("insert into ledger values (" + i + ")");
          // In one order: no two clients wait for each other.
          add(move, -3, from);
          add(move, 3, to);
          long xid = number(connection, "select pg_current_xact_id()::text::bigint");
          Lsn before = lsn(connection);
          Instant begun = Instant.now();
          connection.commit();
          Instant acknowledged = Instant.now();
          Lsn after = lsn(connection);
          connection
              .createStatement()
              .execute("select pg_create_restore_point('" + point(i) + "')");
          connection.commit();
          moves.add(new Moved(i, xid, begun, acknowledged, before, after));
        }
      }
    }
  }

  private static void add(PreparedStatement move, int amount, int account) throws Exception {
    move.setInt(1, amount);
    move.setInt(2, account);
    move.executeUpdate();
  }

  private static long number(Connection connection, String sql) throws Exception {
    try (ResultSet row = connection.createStatement().executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static Lsn lsn(Connection connection) throws Exception {
    try (ResultSet row =
        connection.createStatement().executeQuery("select pg_current_wal_insert_lsn()::text")) {
      row.next();
      return Lsn.parse(row.getString(1));
    }
  }

  /** The name of the restore point that a client makes when its commit was acknowledged. */
  private static String point(int i) {
    return "after-" + i;
  }

  /** A target that ends recovery with a commit, of one of four kinds. */
  static RecoveryTarget target(int kind, Moved at) {
    return switch (kind % 4) {
      case 0 -> new RecoveryTarget.Time(at.acknowledged(), true);
      case 1 -> new RecoveryTarget.Position(at.after(), false);
      case 2 -> new RecoveryTarget.Transaction(Long.toString(at.xid()), true);
      default -> new RecoveryTarget.RestorePoint(point(at.i()));
    };
  }

  /**
   * What a copy holds, held against what the clients noted.
   *
   * @param before,behind how many commits surely lie before the target, and behind it; of the few
   *     that neither is sure of nothing is said
   * @param missing of those before it
   * @param tooMany of those behind it
   * @param itself whether the commit that was the target is there
   * @param money in all accounts
   */
  record Judgement(
      int before,
      int behind,
      List<Moved> missing,
      List<Moved> tooMany,
      boolean itself,
      long money) {}

  Judgement judge(Restored restored, RecoveryTarget target, Moved at) throws Exception {
    String[] answers =
        cluster
            .ask(
                restored,
                "select (select sum(money) from account) || ' '"
                    + " || coalesce((select string_agg(i::text, ',') from ledger), '')")
            .split(" ", -1);
    Set<Integer> there =
        answers[1].isEmpty()
            ? Set.of()
            : Arrays.stream(answers[1].split(","))
                .map(Integer::valueOf)
                .collect(Collectors.toCollection(TreeSet::new));
    Lsn reached = Lsn.parse(restored.details().get("reachedLsn"));
    List<Moved> before = moves.stream().filter(moved -> before(moved, target, reached)).toList();
    List<Moved> behind = moves.stream().filter(moved -> behind(moved, target, reached)).toList();
    return new Judgement(
        before.size(),
        behind.size(),
        before.stream().filter(moved -> !there.contains(moved.i())).toList(),
        behind.stream().filter(moved -> there.contains(moved.i())).toList(),
        there.contains(at.i()),
        Long.parseLong(answers[0]));
  }

  private static boolean before(Moved moved, RecoveryTarget target, Lsn reached) {
    return target instanceof RecoveryTarget.Time time
        ? moved.acknowledged().isBefore(time.time())
        : moved.after().compareTo(reached) <= 0;
  }

  private static boolean behind(Moved moved, RecoveryTarget target, Lsn reached) {
    return target instanceof RecoveryTarget.Time time
        ? moved.begun().isAfter(time.time().plusMillis(1))
        : moved.before().compareTo(reached) >= 0;
  }

  /** How many commits the clients noted. */
  int count() {
    return moves.size();
  }

  @Override
  public void close() {
    enough.set(true);
    clients.close();
  }
}
