package io.holdfast.worker.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.postgres.PostgresInstall;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Eight clients move money between accounts and note when each commit was acknowledged. Whatever
 * the target: what was acknowledged before it is there, what began after it is not, and no money
 * has come or gone.
 */
@Tag("slow")
class UnderLoadTest {
  private static final int CLIENTS = 8;
  private static final int RECOVERIES = Integer.getInteger("holdfast.tests.recoveries", 9);
  private static final long SEED = Long.getLong("holdfast.tests.seed", 7);

  private final List<Moved> moves = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicBoolean enough = new AtomicBoolean();

  /**
   * @param begun the client's clock before it sent the commit; the server's is the same
   * @param before,after the end of the WAL before and after the commit
   */
  private record Moved(
      int i, long xid, Instant begun, Instant acknowledged, Lsn before, Lsn after) {}

  @Test
  void keepsEveryAcknowledgedCommitBeforeTheTargetAndNoneAfter() throws Exception {
    try (ArchivedCluster cluster = ArchivedCluster.start(PostgresInstall.newest(), 0, 1)) {
      cluster
          .primary()
          .execute(
              "create table account (id int primary key, money bigint not null)",
              "insert into account select i, 1000 from generate_series(1, 50) i");
      try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
        List<Future<?>> running = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
          int seed = client;
          running.add(
              clients.submit(
                  () -> {
                    client(cluster, new Random(SEED + seed));
                    return null;
                  }));
        }
        Manifest backup = cluster.backUp();
        int first = next.get();
        while (next.get() < first + 4000) {
          Thread.onSpinWait();
        }
        enough.set(true);
        for (Future<?> client : running) {
          client.get();
        }
        cluster.archive();
        recoverAtRandom(cluster, backup, first);
      }
    }
  }

  private void client(ArchivedCluster cluster, Random random) throws Exception {
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

  private void recoverAtRandom(ArchivedCluster cluster, Manifest backup, int first)
      throws Exception {
    Random random = new Random(SEED);
    List<Moved> after =
        moves.stream()
            .filter(moved -> moved.i() > first)
            .filter(moved -> moved.before().compareTo(backup.wal().stopLsn()) > 0)
            .filter(moved -> moved.begun().isAfter(backup.finishedAt()))
            .toList();
    for (int recovery = 0; recovery < RECOVERIES; recovery++) {
      Moved at = after.get(random.nextInt(after.size()));
      RecoveryTarget target =
          switch (recovery % 3) {
            case 0 -> new RecoveryTarget.Time(at.acknowledged(), true);
            case 1 -> new RecoveryTarget.Position(at.after(), false);
            default -> new RecoveryTarget.Transaction(Long.toString(at.xid()), true);
          };
      Restored restored = cluster.restore(backup, target);
      judge(cluster, restored, target, at);
    }
  }

  private void judge(ArchivedCluster cluster, Restored restored, RecoveryTarget target, Moved at)
      throws Exception {
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
    for (Moved moved : moves) {
      boolean surelyBefore =
          target instanceof RecoveryTarget.Time time
              ? moved.acknowledged().isBefore(time.time())
              : moved.after().compareTo(reached) <= 0;
      boolean surelyAfter =
          target instanceof RecoveryTarget.Time time
              ? moved.begun().isAfter(time.time().plusMillis(1))
              : moved.before().compareTo(reached) >= 0;
      if (surelyBefore) {
        assertThat(there).as("%s to %s", moved, target).contains(moved.i());
      } else if (surelyAfter) {
        assertThat(there).as("%s to %s", moved, target).doesNotContain(moved.i());
      }
    }
    assertThat(there).contains(at.i());
    assertThat(answers[0]).isEqualTo("50000");
  }
}
