package io.holdfast.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.process.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How fast the API answers about a large fleet with a long history: lists, the fleet's
 * recoverability, and a scrape of its metrics. The catalog is filled by SQL with clones of two real
 * backups and with jobs that ended.
 */
final class FleetAnswers {
  static final Map<String, String> SETTINGS =
      Map.of(
          "holdfast.rate-limit.requests-per-second",
          "0",
          "holdfast.topology.interval",
          "1h",
          "holdfast.archive.announce-interval",
          "1h",
          "holdfast.archive.observe-interval",
          "1h",
          "holdfast.retention.look-interval",
          "1h");

  private static final int CLUSTERS = 1_000;
  private static final int BACKUPS_EACH = 100;
  private static final int JOBS_EACH = 1_000;
  private static final int CALLS = 200;
  private static final int SCRAPES = 20;

  private final BenchStage stage;
  private final HttpClient http = HttpClient.newHttpClient();

  FleetAnswers(BenchStage stage) {
    this.stage = stage;
  }

  /** An answer that is measured, and how fast it is to be. */
  private record Question(String name, String path, int wantedMillis) {}

  private static final List<Question> QUESTIONS =
      List.of(
          new Question("fleet, worst first, a page of 50", "/fleet/recoverability", 100),
          new Question("fleet, a page of 200", "/fleet/recoverability?limit=200", 200),
          new Question("one cluster's recoverability", "/clusters/fleet-7/recoverability", 100),
          new Question("clusters, a page of 50", "/clusters", 100),
          new Question("backups, a page of 50", "/backups", 100),
          new Question("backups of a cluster", "/backups?cluster=fleet-7", 100),
          new Question("jobs, a page of 50", "/jobs", 100),
          new Question("jobs of a cluster", "/jobs?cluster=fleet-7", 100),
          new Question("failed jobs", "/jobs?state=FAILED", 100),
          new Question("drills", "/jobs?kind=DRILL", 100));

  String run() throws IOException, InterruptedException {
    JsonNode unused = stage.backup("{\"method\":\"PHYSICAL\"}");
    JsonNode alsoUnused = stage.backup("{\"method\":\"LOGICAL\"}");
    fill();
    // What was planned for an empty catalog is planned anew.
    stage.stack().restartApi(0);
    Await.until(
        "the fleet is looked at",
        Duration.ofMinutes(3),
        () -> scrape().contains("holdfast_recoverable{cluster=\"fleet-7\""));
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "### A large fleet%n%n%,d clusters, %,d backups, %,d jobs that ended; %d calls of"
                    + " each, one after the other.%n%n"
                    + "| answer | wanted p99 ms | median ms | p99 ms |%n|---|---:|---:|---:|%n",
                CLUSTERS,
                CLUSTERS * BACKUPS_EACH,
                CLUSTERS * JOBS_EACH,
                CALLS));
    for (Question question : QUESTIONS) {
      List<Double> millis = millis(CALLS, () -> stage.api().get(question.path()).size());
      row(text, question.name(), question.wantedMillis(), millis);
    }
    row(text, "scrape of metrics", 500, millis(SCRAPES, () -> scrape().length()));
    text.append(
        String.format(
            Locale.ROOT,
            "%nA scrape has %,d series in %,d bytes.%n%n",
            scrape().lines().filter(line -> !line.startsWith("#")).count(),
            scrape().length()));
    System.err.print(text);
    return text.toString();
  }

  /** What is asked, once; the answer's size, so that it is not optimised away. */
  private interface Call {
    int size() throws IOException, InterruptedException;
  }

  private static List<Double> millis(int calls, Call call)
      throws IOException, InterruptedException {
    List<Double> millis = new ArrayList<>();
    for (int i = -calls / 10; i < calls; i++) {
      long begun = System.nanoTime();
      if (call.size() == 0) {
        throw new IllegalStateException("an answer is empty");
      }
      if (i >= 0) {
        millis.add((System.nanoTime() - begun) / 1e6);
      }
    }
    millis.sort(null);
    return millis;
  }

  private static void row(StringBuilder text, String name, int wanted, List<Double> sorted) {
    text.append(
        String.format(
            Locale.ROOT,
            "| %s | %d | %.1f | %.1f |%n",
            name,
            wanted,
            sorted.get(sorted.size() / 2),
            sorted.get((int) Math.min(sorted.size() - 1L, Math.round(sorted.size() * 0.99)))));
  }

  private String scrape() throws IOException, InterruptedException {
    URI metrics = URI.create(stage.stack().apiManagementUrl(0) + "/metrics");
    return http.send(
            HttpRequest.newBuilder(metrics).header("Accept", "text/plain; version=0.0.4").build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** Each cluster: a chain of base backups and dumps in turn, a copy of each, jobs of all kinds. */
  private void fill() {
    stage
        .stack()
        .catalog()
        .executeIn(
            "holdfast",
            "insert into cluster (name, pool, repository, spec, labels, version, created_at,"
                + " updated_at, updated_by, archive, copies) select 'fleet-' || i, 'nobody',"
                + " repository, spec, labels, 1, created_at, updated_at, updated_by,"
                + " '{\"spec\":{\"mode\":\"PUSH\",\"recoveryPointObjective\":\"PT5M\"},"
                + "\"transfer\":\"SEND\",\"headerFile\":\"/etc/holdfast/header\","
                + "\"endpoint\":\"http://127.0.0.1:9002\"}',"
                + " '[{\"repository\":\"s3\"}]' from cluster, generate_series(1, "
                + CLUSTERS
                + ") i where name = 'bench'",
            "insert into backup (id, cluster, method, state, repository, job_id, started_at,"
                + " finished_at, plain_bytes, stored_bytes, manifest, selection_hash,"
                + " verified_level, verified_at) select cast(md5(i || '-' || d) as uuid), 'fleet-'"
                + " || i, method, 'AVAILABLE', repository, job_id, started_at - d * interval '1"
                + " day', finished_at - d * interval '1 day', plain_bytes, stored_bytes, case when"
                + " d % 14 in (1, 3, 5, 7, 9, 11) then manifest || jsonb_build_object('parent',"
                + " cast(md5(i || '-' || (d + 2)) as uuid)) else manifest end, selection_hash, case"
                + " when d % 7 = 0 then 'CHECKSUM' end, case when d % 7 = 0 then finished_at end"
                + " from backup,"
                + " generate_series(1, "
                + CLUSTERS
                + ") i, generate_series(1, "
                + BACKUPS_EACH
                + ") d where cluster = 'bench' and (method = 'PHYSICAL') = (d % 2 = 1)",
            "insert into backup_copy (backup_id, repository, state, asked_at, stored_bytes) select"
                + " id, 's3', 'VERIFIED', finished_at, stored_bytes from backup where cluster like"
                + " 'fleet-%'",
            "insert into archive_state (cluster, first_observed_at, observed_at, observation,"
                + " holes, conditions, lag_bytes, safe_until, restorable_from, restorable_until,"
                + " restorable_by) select name, now(), now() + interval '1 day',"
                + " jsonb_build_object('cluster', name, 'observedAt', '2026-01-01T00:00:00Z',"
                + " 'timelines', jsonb_build_array()), '[]', '[]', 0, now(), now() - interval '9"
                + " days', now(), cast(md5(substr(name, 7) || '-1') as uuid) from cluster where"
                + " name like 'fleet-%'",
            "insert into job (id, kind, state, cluster, pool, exclusive, spec, triggered_by,"
                + " labels, created_at, started_at, finished_at, attempt, max_attempts, result)"
                + " select gen_random_uuid(), (array['BACKUP', 'VERIFY', 'COPY', 'EXPIRE'])[1 + n %"
                + " 4], case when n % 500 = 0 then 'FAILED' else 'SUCCEEDED' end, 'fleet-' || i,"
                + " 'nobody', false, j.spec, 'bench', '{}', now() - n * interval '1 hour', now() -"
                + " n * interval '1 hour', now() - n * interval '1 hour', 1, 3, null from (select"
                + " spec from job where kind = 'BACKUP' limit 1) j, generate_series(1, "
                + CLUSTERS
                + ") i, generate_series(1, "
                + JOBS_EACH
                + ") n",
            "vacuum analyze");
  }
}
