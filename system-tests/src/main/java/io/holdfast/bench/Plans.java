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
 * Plans of retention for a fleet, asked for over REST and read to their end: facts from the
 * catalog, the plan, its explanation as JSON. Once as the list of the whole fleet, page after page,
 * and once each cluster's own on several connections. The fleet is made of one real backup, cloned
 * in the catalog with a day between one clone and the next.
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
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "### Retention plans%n%n"
                    + "%d backups of %d clusters, every plan with its explanation; seconds.%n%n"
                    + "| asked for | wanted median | median | fastest | first run |%n"
                    + "|---|---:|---:|---:|---:|%n",
                CLUSTERS * BACKUPS_EACH,
                CLUSTERS));
    text.append(row("as the fleet's list, in pages of 200", "2", repetitions, this::pages));
    text.append(
        row("one by one, on " + CONNECTIONS + " connections", "", repetitions, this::oneByOne));
    text.append(System.lineSeparator());
    System.err.print(text);
    return text.toString();
  }

  /** Asks for every plan, once; how many there were. */
  private interface Asking {
    int ask() throws InterruptedException, ExecutionException;
  }

  private static String row(String name, String wanted, int repetitions, Asking asking)
      throws InterruptedException, ExecutionException {
    double first = seconds(asking);
    double[] seconds = new double[repetitions];
    for (int i = 0; i < repetitions; i++) {
      seconds[i] = seconds(asking);
    }
    Arrays.sort(seconds);
    return String.format(
        Locale.ROOT,
        "| %s | %s | %.2f | %.2f | %.2f |%n",
        name,
        wanted,
        seconds[repetitions / 2],
        seconds[0],
        first);
  }

  private static double seconds(Asking asking) throws InterruptedException, ExecutionException {
    long begun = System.nanoTime();
    int plans = asking.ask();
    double seconds = (System.nanoTime() - begun) / 1e9;
    if (plans != CLUSTERS) {
      throw new IllegalStateException("there are " + plans + " plans");
    }
    return seconds;
  }

  private int pages() {
    int plans = 0;
    String cursor = "";
    do {
      JsonNode page = stage.api().get("/retention-plans?limit=200&cursor=" + cursor);
      for (JsonNode plan : page.path("items")) {
        plans += plan.path("backups").size() == BACKUPS_EACH ? 1 : 0;
      }
      cursor = page.path("nextCursor").asText();
    } while (!cursor.isEmpty());
    return plans;
  }

  private int oneByOne() throws InterruptedException, ExecutionException {
    int plans = 0;
    try (ExecutorService callers = Executors.newFixedThreadPool(CONNECTIONS)) {
      List<Future<Integer>> asked =
          IntStream.range(0, CLUSTERS)
              .mapToObj(i -> callers.submit(() -> decisions("plan-" + i)))
              .toList();
      for (Future<Integer> one : asked) {
        plans += one.get() == BACKUPS_EACH ? 1 : 0;
      }
    }
    return plans;
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
