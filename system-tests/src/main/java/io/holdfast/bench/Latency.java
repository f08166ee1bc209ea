package io.holdfast.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Section 5: from the 202 to the worker's STARTED, at a steady 20 requests a second, and how many
 * requests a second are answered with 202 when clients ask as fast as they can. The jobs are
 * verifications of tiny backups of several clusters, on a worker that may run 16 at once: what is
 * measured is the way to the worker, not the work. Both parts begin with warm services and without
 * jobs of the one before. Requests a second are counted with jobs that wait in a pool without a
 * worker: what is measured is taking them, not running them on the same cores.
 */
final class Latency {
  /** What the stack of this section needs: one key sends everything, without a limit. */
  static final Map<String, String> SETTINGS =
      Map.of("holdfast.worker.max-jobs", "16", "holdfast.rate-limit.requests-per-second", "0");

  private static final int CLUSTERS = 8;
  private static final int PER_SECOND = 20;
  private static final int WARM_UP_SECONDS = 20;
  private static final int STEADY_SECONDS = 30;
  private static final int CLOSED_SECONDS = 10;
  private static final int CONNECTIONS = 8;

  private final BenchStage stage;
  private final List<String> paths = new ArrayList<>();

  Latency(BenchStage stage) {
    this.stage = stage;
  }

  String run() throws InterruptedException {
    for (int i = 0; i < CLUSTERS; i++) {
      stage.declareCluster("latency-" + i);
      JsonNode job = stage.run("/clusters/latency-" + i + "/backups", "{\"method\":\"LOGICAL\"}");
      paths.add("/backups/" + job.path("result").path("backupId").asText() + "/verifications");
    }
    steady(WARM_UP_SECONDS);
    untilIdle();
    double load = load();
    List<Double> milliseconds = new ArrayList<>();
    Map<String, Instant> accepted = steady(STEADY_SECONDS);
    double loadAfter = load();
    int without = 0;
    Map<String, List<Double>> legs = new LinkedHashMap<>();
    for (Map.Entry<String, Instant> job : accepted.entrySet()) {
      Map<String, Instant> times = untilFinished(job.getKey());
      if (!times.containsKey("STARTED")) {
        without++;
        continue;
      }
      milliseconds.add(between(job.getValue(), times.get("STARTED")));
      leg(legs, times, "CREATED", "DISPATCHED");
      leg(legs, times, "DISPATCHED", "ACCEPTED");
      leg(legs, times, "ACCEPTED", "STARTED");
      leg(legs, times, "STARTED", "FINISHED");
    }
    untilIdle();
    milliseconds.sort(null);
    for (int i = 0; i < CLUSTERS; i++) {
      stage.moveCluster("latency-" + i, "nobody");
    }
    double unused = closedLoop(WARM_UP_SECONDS);
    double perSecond = closedLoop(CLOSED_SECONDS);
    String text =
        String.format(
                Locale.ROOT,
                "### Accepted to Started, and 202s per second%n%n"
                    + "| figure | wanted | measured |%n|---|---:|---:|%n"
                    + "| 202 to STARTED at %d requests/s, median ms (%d jobs) | 100 | %.0f |%n"
                    + "| 202 to STARTED, 99th percentile ms | 500 | %.0f |%n"
                    + "| jobs without a STARTED event a minute later | 0 | %d |%n"
                    + "| requests/s answered 202, %d connections, %d s | 300 | %.0f |%n%n",
                PER_SECOND,
                milliseconds.size(),
                percentile(milliseconds, 0.5),
                percentile(milliseconds, 0.99),
                without,
                CONNECTIONS,
                CLOSED_SECONDS,
                perSecond)
            + String.format(
                Locale.ROOT,
                "%nLoad average before and after the steady part: %.1f, %.1f.%n%n",
                load,
                loadAfter)
            + legs(legs);
    System.err.print(text);
    return text;
  }

  /** Sends at a fixed rate whatever the answers take; job -> when its 202 was here. */
  private Map<String, Instant> steady(int seconds) throws InterruptedException {
    Map<String, Instant> accepted = new ConcurrentHashMap<>();
    int count = seconds * PER_SECOND;
    try (var clock = Executors.newSingleThreadScheduledExecutor();
        var senders = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count; i++) {
        String path = paths.get(i % paths.size());
        Future<?> unused =
            clock.schedule(
                () -> senders.execute(() -> accepted.put(post(path), Instant.now())),
                i * 1000L / PER_SECOND,
                TimeUnit.MILLISECONDS);
      }
      clock.shutdown();
      if (!clock.awaitTermination(seconds + 60L, TimeUnit.SECONDS)) {
        throw new IllegalStateException("requests were not sent in time");
      }
    }
    if (accepted.size() != count) {
      throw new IllegalStateException(count - accepted.size() + " requests failed");
    }
    return accepted;
  }

  /** What the part before left behind must not count in the next one. */
  private void untilIdle() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (unfinished("QUEUED") || unfinished("RUNNING")) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("jobs did not end within a minute");
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  private boolean unfinished(String state) {
    return !stage.api().get("/jobs?limit=1&kind=VERIFY&state=" + state).path("items").isEmpty();
  }

  private static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private String post(String path) {
    return stage.api().post(path, "{\"level\":\"CHECKSUM\"}").path("id").asText();
  }

  /** The times of the job's first events; without those that have not come in a minute. */
  private Map<String, Instant> untilFinished(String job) {
    Instant patience = Instant.now().plusSeconds(60);
    Map<String, Instant> times = new HashMap<>();
    do {
      for (JsonNode event : stage.api().get("/jobs/" + job + "/events").path("items")) {
        times.putIfAbsent(event.path("type").asText(), Instant.parse(event.path("at").asText()));
      }
    } while (!times.containsKey("FINISHED") && Instant.now().isBefore(patience));
    return times;
  }

  private static void leg(
      Map<String, List<Double>> legs, Map<String, Instant> times, String from, String to) {
    if (times.containsKey(from) && times.containsKey(to)) {
      legs.computeIfAbsent(from + " to " + to, name -> new ArrayList<>())
          .add(between(times.get(from), times.get(to)));
    }
  }

  private static double between(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e6;
  }

  /** Where the time goes. */
  private static String legs(Map<String, List<Double>> legs) {
    StringBuilder text =
        new StringBuilder("| leg | median ms | 99th percentile ms |\n|---|---:|---:|\n");
    legs.forEach(
        (name, values) -> {
          values.sort(null);
          text.append(
              String.format(
                  Locale.ROOT,
                  "| %s | %.0f | %.0f |%n",
                  name,
                  percentile(values, 0.5),
                  percentile(values, 0.99)));
        });
    return text.append('\n').toString();
  }

  private double closedLoop(int seconds) {
    LongAdder answered = new LongAdder();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    try (var senders = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CONNECTIONS; i++) {
        String path = paths.get(i % paths.size());
        senders.execute(
            () -> {
              while (System.nanoTime() < end) {
                String unused = post(path);
                answered.increment();
              }
            });
      }
    }
    return answered.sum() / (double) seconds;
  }

  private static double percentile(List<Double> sorted, double share) {
    if (sorted.isEmpty()) {
      return Double.NaN;
    }
    return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(share * sorted.size())));
  }
}
