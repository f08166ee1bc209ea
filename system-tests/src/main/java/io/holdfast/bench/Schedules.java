package io.holdfast.bench;

import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A fleet of clusters with six schedules each, of which one of every cluster comes due at the same
 * moment. What counts is how long the tick takes that turns these runs into jobs, as the service's
 * log says. The clusters are clones in the catalog, of a pool without a worker: what is measured is
 * deciding and recording, with the dispatching that follows on the same cores.
 */
final class Schedules {
  static final Map<String, String> SETTINGS =
      Map.of(
          "holdfast.topology.interval",
          "1h",
          "holdfast.retention.look-interval",
          "1h",
          "holdfast.scans.interval",
          "PT0S");

  private static final int CLUSTERS = 1_000;
  private static final Pattern TICK = Pattern.compile("(\\d+) due runs decided in (\\d+) ms");
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final BenchStage stage;

  Schedules(BenchStage stage) {
    this.stage = stage;
  }

  String run(int repetitions) throws IOException {
    fill();
    Tick first = tick();
    List<Tick> ticks = new ArrayList<>();
    for (int i = 0; i < repetitions; i++) {
      ticks.add(tick());
    }
    double[] decided = ticks.stream().mapToDouble(Tick::decided).sorted().toArray();
    double[] sent = ticks.stream().mapToDouble(Tick::sent).sorted().toArray();
    String text =
        String.format(
            Locale.ROOT,
            "### Schedules%n%n"
                + "%d clusters with six schedules each; one of each is due at the same moment.%n%n"
                + "| figure | wanted | measured |%n|---|---:|---:|%n"
                + "| the tick that makes %d jobs, median s | 2 | %.2f |%n"
                + "| the fastest, s | | %.2f |%n"
                + "| the first after the start, s | 2 | %.2f |%n"
                + "| from when they are due until Kafka has the last command, median s | | %.2f |%n"
                + "| the first after the start, s | | %.2f |%n%n",
            CLUSTERS,
            CLUSTERS,
            decided[decided.length / 2],
            decided[0],
            first.decided(),
            sent[sent.length / 2],
            first.sent());
    System.err.print(text);
    return text;
  }

  /**
   * @param decided how long the tick took, in seconds
   * @param sent from when the runs were due until the last command had left, in seconds
   */
  private record Tick(double decided, double sent) {}

  /** One schedule of each cluster is due in a moment; until then there is nothing to do. */
  private Tick tick() throws IOException {
    Instant due = Instant.now().plusSeconds(6).truncatedTo(ChronoUnit.SECONDS);
    LocalTime time = LocalTime.ofInstant(due, ZoneOffset.UTC);
    String cron = time.getMinute() + " " + time.getHour() + " * * *";
    int ticksBefore = ticks().length;
    catalog()
        .executeIn(
            "holdfast",
            "update schedule set last_job_id = null, planned_until = '"
                + due
                + "', act_at = '"
                + due
                + "', spec = jsonb_set(spec, '{cron}', '\""
                + cron
                + "\"') where name = 'nightly'",
            "delete from schedule_run r using schedule s where s.id = r.schedule_id and s.name ="
                + " 'nightly' and r.state = 'EXPECTED'",
            "insert into schedule_run (schedule_id, due_at, start_at, deadline_at, state) select"
                + " id, '"
                + due
                + "', '"
                + due
                + "', cast('"
                + due
                + "' as timestamptz) + interval '4 hours', 'EXPECTED' from schedule where name ="
                + " 'nightly'",
            "analyze");
    Await.until("the runs are decided", PATIENCE, () -> ticks().length > ticksBefore);
    Await.until("their commands are sent", PATIENCE, () -> left().equals("0"));
    double[] all = ticks();
    return new Tick(all[all.length - 1], lastSent(due));
  }

  /** Of all that made as many jobs as there are clusters, in seconds. */
  private double[] ticks() throws IOException {
    Matcher line = TICK.matcher(Files.readString(stage.stack().apiLog(0)));
    return line.results()
        .filter(found -> Integer.parseInt(found.group(1)) == CLUSTERS)
        .mapToDouble(found -> Integer.parseInt(found.group(2)) / 1000.0)
        .toArray();
  }

  /** Jobs and commands that are on their way out; looked at twice a second. */
  private String left() {
    return catalog()
        .queryTextIn(
            "holdfast",
            "select (select count(*) from outbox where status = 'PENDING') + (select count(*) from"
                + " job where state = 'QUEUED' and dispatched_at is null) from (select"
                + " pg_sleep(0.5)) s");
  }

  private double lastSent(Instant due) {
    return Double.parseDouble(
        catalog()
            .queryTextIn(
                "holdfast",
                "select extract(epoch from max(sent_at) - timestamptz '" + due + "') from outbox"));
  }

  private void fill() {
    catalog()
        .executeIn(
            "holdfast",
            "insert into cluster (name, pool, repository, spec, max_running_jobs, labels, version,"
                + " created_at, updated_at, updated_by) select 'tick-' || i, 'nobody', repository,"
                + " jsonb_set(spec, '{name}', to_jsonb('tick-' || i)), 64, labels, 1, created_at,"
                + " updated_at, updated_by from cluster, generate_series(0, "
                + (CLUSTERS - 1)
                + ") i where name = 'bench'",
            schedules("nightly", "BACKUP", "\"backup\":{\"method\":\"LOGICAL\"}"),
            schedules("weekly", "BACKUP", "\"backup\":{\"method\":\"PHYSICAL\"}"),
            schedules("checks", "VERIFICATION", "\"verification\":{\"level\":\"CHECKSUM\"}"),
            schedules("restores", "VERIFICATION", "\"verification\":{\"level\":\"RESTORE\"}"),
            schedules("drills", "DRILL", "\"drill\":{}"),
            schedules("expiry", "EXPIRATION", "\"expiration\":{}"),
            "insert into schedule_run (schedule_id, due_at, start_at, deadline_at, state) select"
                + " id, planned_until, planned_until, planned_until + interval '4 hours',"
                + " 'EXPECTED' from schedule",
            "analyze");
  }

  /** One for each of the fleet's clusters, due on New Year's Day. */
  private static String schedules(String name, String kind, String member) {
    return "insert into schedule (cluster, name, kind, external, paused, spec, planned_until,"
        + " act_at, version, created_at, updated_at, updated_by) select c.name, '"
        + name
        + "', '"
        + kind
        + "', false, false, '{\"kind\":\""
        + kind
        + "\",\"cron\":\"0 0 1 1 *\",\"zone\":\"UTC\",\"deadline\":\"PT4H\",\"external\":false,"
        + "\"paused\":false,"
        + member
        + "}', t, t, 1, now(), now(), 'bench' from cluster c, (select date_trunc('year', now()) +"
        + " interval '1 year' as t) y where c.name like 'tick-%'";
  }

  private PostgresServer catalog() {
    return stage.stack().catalog();
  }
}
