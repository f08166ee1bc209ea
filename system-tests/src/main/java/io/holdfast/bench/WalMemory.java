package io.holdfast.bench;

import io.holdfast.embedded.process.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Section 9: the most memory that a fresh worker held while a saturated primary pushed to it, it
 * streamed from one, and servers fetched from it, one after the other and then all at once.
 */
final class WalMemory {
  private static final int SEGMENTS = 64;
  private static final int READERS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final String PUSHED = "wal-pushed";
  private static final String STREAMED = "wal-streamed";

  private final BenchStage stage;

  WalMemory(BenchStage stage) {
    this.stage = stage;
  }

  String run() {
    StringBuilder text =
        new StringBuilder(
            "### Peak resident memory of the worker while WAL passes (VmHWM)\n\n"
                + "| since the worker's start | segments | peak MiB |\n|---|---:|---:|\n");
    stage
        .server()
        .executeIn(BenchStage.DATABASE, "CREATE TABLE IF NOT EXISTS wal_ballast (t text)");
    set("max_slot_wal_keep_size", "4GB");
    stage.declareArchived(PUSHED, "s3", "\"transfer\":\"READ\"");
    String push = stage.archiveCommand(PUSHED);
    long first = write(push);
    text.append(row("one primary pushes to S3"));
    stage.declareStreamed(STREAMED, "s3");
    write(push);
    text.append(row("one pushes to S3, one is streamed to S3"));
    write(push, () -> fetch(first));
    text.append(row("the same, and " + READERS + " servers fetch"));
    set("archive_command", "/bin/true");
    return text.append('\n').toString();
  }

  private long write(String push) {
    return write(push, () -> {});
  }

  /**
   * Finished segments wait and are then taken as fast as the worker can.
   *
   * @param meanwhile once they are being taken
   * @return the number of the first of them
   */
  private long write(String push, Runnable meanwhile) {
    // A worker that has held nothing yet.
    stage.stack().restartWorker(0);
    set("archive_command", "");
    long first = position() >> 24;
    while (position() >> 24 < first + SEGMENTS) {
      stage
          .server()
          .executeIn(
              BenchStage.DATABASE,
              "INSERT INTO wal_ballast SELECT md5(i::text) || repeat(md5((i / 16)::text), 8)"
                  + " FROM generate_series(1, 40000) i",
              "TRUNCATE wal_ballast");
    }
    long next = (position() >> 24) + 1;
    stage.server().execute("SELECT pg_switch_wal()");
    set("archive_command", push);
    meanwhile.run();
    Path done = stage.server().data().resolve("pg_wal/archive_status/" + name(next - 1) + ".done");
    Await.until("segments are archived", PATIENCE, () -> Files.exists(done));
    Await.until(
        "the stream has caught up",
        PATIENCE,
        () ->
            stage
                .server()
                .queryText(
                    "SELECT count(*) FROM pg_replication_slots WHERE slot_type = 'physical'"
                        + " AND pg_wal_lsn_diff(restart_lsn, '0/0') < "
                        + (next << 24))
                .equals("0"));
    return first;
  }

  private static String name(long number) {
    return String.format(Locale.ROOT, "00000001%08X%08X", number >> 8, number & 0xff);
  }

  /** As several servers that recover would: whole segments, one after the other. */
  private void fetch(long first) {
    String command =
        stage
            .restoreCommand(PUSHED)
            .replace("%%", "%")
            .replace("%p", "/dev/null")
            .replace("%f", "$f");
    StringBuilder script = new StringBuilder("readers=''\n");
    for (int reader = 0; reader < READERS; reader++) {
      String files =
          LongStream.range(first + (long) reader * SEGMENTS / READERS, first + SEGMENTS)
              .mapToObj(WalMemory::name)
              .collect(Collectors.joining(" "));
      script.append("(for f in ").append(files).append("; do (").append(command);
      script.append("); done) & readers=\"$readers $!\"\n");
    }
    Shell.run(script + "for reader in $readers; do wait $reader; done", Map.of());
  }

  private String row(String what) {
    String row =
        String.format(
            Locale.ROOT,
            "| %s | %d | %d |%n",
            what,
            SEGMENTS,
            Memory.peakKibibytes(stage.stack().workerProcess(0).pid()) / 1024);
    System.err.print(row);
    return row;
  }

  private long position() {
    return Long.parseLong(
        stage.server().queryText("SELECT (pg_current_wal_lsn() - '0/0')::bigint::text"));
  }

  private void set(String name, String value) {
    stage.server().set(Map.of(name, value));
    stage.server().execute("SELECT pg_reload_conf()");
  }
}
