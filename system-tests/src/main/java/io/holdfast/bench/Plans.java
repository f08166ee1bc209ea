package io.holdfast.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Plans of retention for a fleet, each asked for over REST and read to its end: facts from the
 * catalog, the plan, its explanation as JSON. The fleet is made of one real backup, cloned in the
 * catalog with a day between one clone and the next.
 */
final class Plans {
  static final Map<String, String> SETTINGS =
      Map.of(
          "holdfast.rate-limit.requests-per-second",
          "0",
          "holdfast.topology.interval",
          "1h",
          "holdfast.retention.look-interval",
          "1h");

  private static final int CLUSTERS = 1_000;
  private static final int BACKUPS_EACH = 10;
  private static final int CONNECTIONS = 8;

  private final BenchStage stage;

  Plans(BenchStage stage) {
    this.stage = stage;
  }

  String run(int repetitions) throws Exception {
    JsonNode unused = stage.backup("{\"method\":\"PHYSICAL\"}");
    fill();
    double warmUp = plans();
    double best = Double.MAX_VALUE;
    double[] seconds = new double[repetitions];
    for (int i = 0; i < repetitions; i++) {
      seconds[i] = plans();
      best = Math.min(best, seconds[i]);
    }
    Arrays.sort(seconds);
    String text =
        String.format(
            Locale.ROOT,
            "### Retention plans%n%n"
                + "%d backups of %d clusters, each cluster's plan asked for over REST on %d"
                + " connections.%n%n"
                + "| figure | wanted | measured |%n|---|---:|---:|%n"
                + "| all plans with their explanations, median s | 2 | %.2f |%n"
                + "| the fastest run, s | | %.2f |%n"
                + "| the first run, s | | %.2f |%n%n",
            CLUSTERS * BACKUPS_EACH,
            CLUSTERS,
            CONNECTIONS,
            seconds[repetitions / 2],
            best,
            warmUp);
    System.err.print(text);
    return text;
  }

  private double plans() throws InterruptedException, ExecutionException {
    long begun = System.nanoTime();
    try (ExecutorService callers = Executors.newFixedThreadPool(CONNECTIONS)) {
      List<Future<Integer>> asked =
          IntStream.range(0, CLUSTERS)
              .mapToObj(i -> callers.submit(() -> decisions("plan-" + i)))
              .toList();
      for (Future<Integer> one : asked) {
        if (one.get() != BACKUPS_EACH) {
          throw new IllegalStateException("a plan has " + one.get() + " decisions");
        }
      }
    }
    return (System.nanoTime() - begun) / 1e9;
  }

  private int decisions(String cluster) {
    return stage.api().get("/clusters/" + cluster + "/retention-plan").path("backups").size();
  }

  private void fill() {
    stage
        .stack()
        .catalog()
        .executeIn(
            "holdfast",
            "insert into cluster (name, pool, repository, spec, labels, version, created_at,"
                + " updated_at, updated_by) select 'plan-' || i, 'nobody', repository, spec, labels,"
                + " 1, created_at, updated_at, updated_by from cluster, generate_series(0, "
                + (CLUSTERS - 1)
                + ") i where name = 'bench'",
            "insert into backup (id, cluster, method, state, repository, job_id, started_at,"
                + " finished_at, plain_bytes, stored_bytes, manifest, selection_hash) select"
                + " gen_random_uuid(), 'plan-' || i, method, 'AVAILABLE', repository, job_id,"
                + " started_at - d * interval '1 day', finished_at - d * interval '1 day',"
                + " plain_bytes, stored_bytes, manifest, selection_hash from backup,"
                + " generate_series(0, "
                + (CLUSTERS - 1)
                + ") i, generate_series(1, "
                + BACKUPS_EACH
                + ") d where cluster = 'bench'",
            "analyze");
  }
}
