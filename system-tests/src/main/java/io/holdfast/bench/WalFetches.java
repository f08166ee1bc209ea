package io.holdfast.bench;

import io.holdfast.embedded.process.Account;
import io.holdfast.embedded.process.Await;
import io.holdfast.embedded.process.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Section 7: how fast a server replays archived WAL, by where its {@code restore_command} has it
 * from. Every contender recovers a copy of the same base backup along the same segments; what the
 * server writes into its log says how long the replay took.
 */
final class WalFetches {
  private static final int SEGMENTS = 64;
  private static final Duration PATIENCE = Duration.ofMinutes(15);
  private static final String OPEN = "database system is ready to accept connections";
  private static final Pattern REPLAY =
      Pattern.compile("redo done at .* elapsed: ([0-9.]+) s", Pattern.MULTILINE);

  private final BenchStage stage;
  private final PgBackRest pgBackRest;
  private final Path local;
  private final Path base;
  private final Path copy;
  private final Map<String, List<Double>> replays = new LinkedHashMap<>();
  private long replayedBytes;

  /**
   * @param pgBackRest null where it does not know this PostgreSQL
   */
  WalFetches(BenchStage stage, PgBackRest pgBackRest) {
    this.stage = stage;
    this.pgBackRest = pgBackRest;
    Account account = Account.forPostgres();
    this.local = account.createPrivate(stage.folder().resolve("local-wal"));
    this.base = account.createPrivate(stage.folder().resolve("fetch-base"));
    this.copy = stage.folder().resolve("fetch-copy");
  }

  String run(int repetitions) {
    stage.declareArchived("fetchfiles", "files", "\"transfer\":\"SEND\"");
    stage.declareArchived("fetchs3", "s3", "\"transfer\":\"SEND\"");
    archiveEverywhere();
    takeBase();
    writeSegments();
    prepare();
    Interleaved contenders =
        new Interleaved(
            "Recovery along " + replayedBytes / (16 << 20) + " archived segments, whole run",
            stage.times(),
            this::prepare);
    add(contenders, "cp from a local directory", data -> "cp '" + local + "/%f' '%p'");
    add(contenders, "Holdfast from a directory", data -> stage.restoreCommand("fetchfiles"));
    add(contenders, "Holdfast from S3 over TLS", data -> stage.restoreCommand("fetchs3"));
    if (pgBackRest != null) {
      add(contenders, peer("a directory"), data -> pgBackRest.asynchronousGet(1, data));
      add(contenders, peer("S3 over TLS"), data -> pgBackRest.asynchronousGet(2, data));
    }
    return contenders.run(repetitions).markdown() + rates();
  }

  private static String peer(String from) {
    return "pgBackRest archive-get from " + from + ", asynchronous, process-max=2";
  }

  /** By a script: a server before 16 cuts commands off after a thousand characters. */
  private void archiveEverywhere() {
    List<String> commands = new ArrayList<>();
    commands.add("cp %p \"" + local + "/%f\"");
    commands.add(stage.archiveCommand("fetchfiles"));
    commands.add(stage.archiveCommand("fetchs3"));
    if (pgBackRest != null) {
      commands.add(pgBackRest.push(1));
      commands.add(pgBackRest.push(2));
    }
    String everywhere = String.join(" && ", commands).replace("%p", "$1").replace("%f", "$2");
    try {
      Path script = stage.folder().resolve("archive-everywhere");
      Files.writeString(script, everywhere + "\n");
      archive("sh '" + script + "' %p %f");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void archive(String command) {
    stage.server().set(Map.of("archive_command", command));
    stage.server().execute("SELECT pg_reload_conf()");
  }

  private void takeBase() {
    Shell.run(
        AsServer.prefix() + stage.program("pg_basebackup") + " -c fast -X none -D '" + base + "'",
        stage.libpq());
    // The position is known when all of the copy's WAL is archived.
    stage.server().execute("SELECT pg_switch_wal()");
  }

  /** What pgbench's four clients write; a checkpoint every few seconds has pages in full. */
  private void writeSegments() {
    long begun = position();
    while (position() - begun < (long) SEGMENTS << 24) {
      stage.server().execute("CHECKPOINT");
      Shell.run(
          stage.program("pgbench") + " -n -c 4 -j 2 -T 6 -M prepared",
          Map.of(
              "PGHOST", stage.server().host(),
              "PGPORT", Integer.toString(stage.server().port()),
              "PGUSER", stage.server().superuser().username(),
              "PGPASSWORD", stage.server().superuser().password(),
              "PGDATABASE", BenchStage.DATABASE));
    }
    replayedBytes = position() - begun;
    String last = stage.server().queryText("SELECT pg_walfile_name(pg_current_wal_lsn())");
    stage.server().execute("SELECT pg_switch_wal()");
    Path done = stage.server().data().resolve("pg_wal/archive_status/" + last + ".done");
    Await.until("WAL is archived everywhere", PATIENCE, () -> Files.exists(done));
    archive("/bin/true");
  }

  private long position() {
    return Long.parseLong(
        stage.server().queryText("SELECT (pg_current_wal_lsn() - '0/0')::bigint::text"));
  }

  /** A fresh copy; what the one before left is removed. */
  private void prepare() {
    if (Files.exists(copy)) {
      stage.discardRestored(copy);
    }
    Shell.run("cp -a '" + base + "' '" + copy + "'", Map.of());
    try {
      Path signal = Files.createFile(copy.resolve("recovery.signal"));
      Account.forPostgres().give(signal);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(Interleaved contenders, String name, Function<Path, String> restoreCommand) {
    contenders.add(
        name,
        () -> {
          recover(restoreCommand.apply(copy));
          replays.computeIfAbsent(name, first -> new ArrayList<>()).add(replaySeconds());
          return 0;
        });
  }

  /** Returns when the copy is open: at the end of the archive. */
  private void recover(String restoreCommand) throws IOException {
    Files.writeString(
        copy.resolve("postgresql.conf"),
        String.join(
            "\n",
            "",
            "archive_mode = off",
            "hot_standby = off",
            "log_min_messages = log",
            "restore_command = '" + restoreCommand.replace("'", "''") + "'",
            ""),
        StandardOpenOption.APPEND);
    Shell.run(
        AsServer.prefix()
            + stage.program("pg_ctl")
            + " start -s -w -t 900 -D '"
            + copy
            + "' -l '"
            + copy
            + "/recovery.log' -o '-p "
            + Ports.free()
            + " -c listen_addresses=127.0.0.1 -c unix_socket_directories='",
        Map.of());
    // pg_ctl waits for no more than a server that recovers.
    Await.until("the copy is open", PATIENCE, () -> log().contains(OPEN) || !running());
    if (!log().contains(OPEN)) {
      throw new IllegalStateException("the copy stopped: " + log());
    }
  }

  private boolean running() {
    return Files.exists(copy.resolve("postmaster.pid"));
  }

  private String log() throws IOException {
    return Files.readString(copy.resolve("recovery.log"), StandardCharsets.UTF_8);
  }

  private double replaySeconds() throws IOException {
    Matcher matcher = REPLAY.matcher(log());
    if (!matcher.find()) {
      throw new IllegalStateException("the copy did not say how long it replayed: " + log());
    }
    return Double.parseDouble(matcher.group(1));
  }

  private String rates() {
    StringBuilder text =
        new StringBuilder(
            "### Replay rate\n\n| restore_command | replay s | MB/s | rate to cp |\n"
                + "|---|---:|---:|---:|\n");
    double reference = median(replays.values().iterator().next());
    replays.forEach(
        (name, seconds) ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "| %s | %.2f | %.0f | %.2f |%n",
                    name,
                    median(seconds),
                    replayedBytes / 1e6 / median(seconds),
                    reference / median(seconds))));
    return text.append('\n').toString();
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
