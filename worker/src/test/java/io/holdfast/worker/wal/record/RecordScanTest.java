package io.holdfast.worker.wal.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.junit.RequiresPostgres;
import io.holdfast.embedded.postgres.Login;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Account;
import io.holdfast.embedded.process.Command;
import io.holdfast.embedded.process.Folders;
import io.holdfast.model.Lsn;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.WalFileName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is read here is what {@code pg_waldump} reads, on every major that has it. */
class RecordScanTest {
  private static final SegmentSize SIZE = new SegmentSize(1 << 20);
  private static final Pattern LINE =
      Pattern.compile(
          "rmgr: (\\S+) .*tx: +(\\d+), lsn: ([0-9A-F]+/[0-9A-F]+),.*desc: (\\S+) ?(.*)");

  static List<PostgresInstall> allWithPgWaldump() {
    return PostgresInstall.allWith("pg_waldump");
  }

  @ParameterizedTest
  @RequiresPostgres(program = "pg_waldump")
  @MethodSource("allWithPgWaldump")
  void seesTheRecordsThatPgWaldumpSees(PostgresInstall install) throws Exception {
    Path folder = Folders.temporary("holdfast-records");
    try (PostgresServer server =
        PostgresServer.create(
                install,
                folder.resolve("pg"),
                new Login("postgres", "secret"),
                Map.of("max_prepared_transactions", "5", "wal_keep_size", "1GB"),
                1)
            .start()) {
      Lsn from = work(server);
      server.stop();
      List<WalRecord> seen = new ArrayList<>();
      RecordScan scan = new RecordScan(SIZE, seen::add);
      long number = SIZE.number(from);
      Path last = null;
      while (true) {
        Path file =
            server
                .data()
                .resolve("pg_wal")
                .resolve(WalFileName.segment(1, number, SIZE).toString());
        if (!Files.exists(file)
            || scan.segment(number, Files.readAllBytes(file)) == RecordScan.Outcome.ENDED) {
          break;
        }
        last = file;
        number++;
      }
      assertThat(last).isNotNull();

      List<String> told = dump(install, server.data(), seen.getFirst().start());

      assertThat(seen.stream().map(RecordScanTest::line).toList()).isEqualTo(told);
      assertThat(seen.stream().map(WalRecord::kind).distinct()).contains(WalRecord.Kind.values());
    } finally {
      Folders.delete(folder);
    }
  }

  /** Commits and aborts of every shape, records longer than a page, and some that are prepared. */
  private static Lsn work(PostgresServer server) {
    server.execute("create table t (i int primary key, text text)", "select pg_switch_wal()");
    Lsn from = Lsn.parse(server.queryText("select pg_current_wal_lsn()::text"));
    server.execute(
        "insert into t select i, md5(i::text) from generate_series(1, 20000) i",
        "insert into t values (-1, repeat(md5(random()::text), 100000))",
        "begin; insert into t values (-2, ''); rollback",
        "begin; insert into t values (-3, ''); savepoint a; insert into t values (-4, '');"
            + " release a; savepoint b; insert into t values (-5, ''); commit",
        "select pg_create_restore_point('a point')",
        "begin; create table u (i int); insert into t values (-6, ''); drop table t cascade;"
            + " savepoint c; insert into u values (1); prepare transaction 'kept'",
        "commit prepared 'kept'",
        "begin; insert into u values (2); prepare transaction 'lost'",
        "rollback prepared 'lost'",
        "select pg_logical_emit_message(false, 'long', repeat('x', 3000000))",
        "select pg_switch_wal()",
        "insert into u values (3)",
        "checkpoint");
    return from;
  }

  /** Position, and for the end of a transaction what ended. */
  private static String line(WalRecord record) {
    return record.start()
        + (record.endsTransaction()
            ? " " + record.kind() + " " + record.xid()
            : record.kind() == WalRecord.Kind.RESTORE_POINT ? " " + record.name() : "");
  }

  private static List<String> dump(PostgresInstall install, Path data, Lsn from) throws Exception {
    // It complains at the end, where no record follows.
    String said =
        Command.of(
                "sh",
                "-c",
                "\"$0\" -p \"$1\" -s \"$2\" 2>/dev/null; true",
                install.program("pg_waldump"),
                data.resolve("pg_wal").toString(),
                from.toString())
            .as(Account.forPostgres())
            .environment("TZ", "UTC")
            .run(Duration.ofMinutes(1));
    List<String> lines = new ArrayList<>();
    for (String text : said.split("\n")) {
      Matcher match = LINE.matcher(text);
      if (match.find()) {
        lines.add(Lsn.parse(match.group(3)) + detail(match));
      }
    }
    return lines;
  }

  private static String detail(Matcher match) {
    String more = match.group(5);
    return switch (match.group(1) + " " + match.group(4)) {
      case "Transaction COMMIT" -> " COMMIT " + match.group(2);
      case "Transaction ABORT" -> " ABORT " + match.group(2);
      case "Transaction COMMIT_PREPARED" -> " COMMIT " + more.replaceAll("^(\\d+).*", "$1");
      case "Transaction ABORT_PREPARED" -> " ABORT " + more.replaceAll("^(\\d+).*", "$1");
      case "XLOG RESTORE_POINT" -> " " + more.strip();
      default -> "";
    };
  }
}
