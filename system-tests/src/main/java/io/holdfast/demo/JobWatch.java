package io.holdfast.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.Locale;
import java.util.stream.Stream;

/** Prints a job while it runs: the node decision, each phase, bytes, rate, time left. */
final class JobWatch {
  private final RestCalls api;
  private final PrintStream out;
  private boolean selectionPrinted;
  private String printed = "";

  JobWatch(RestCalls api, PrintStream out) {
    this.api = api;
    this.out = out;
  }

  /**
   * Follows the job to its end. One watch follows one job.
   *
   * @return the finished job
   * @throws IllegalStateException when it did not succeed, with the problem and its hint
   */
  JsonNode follow(String jobId) {
    try (Stream<String> events = api.stream("/jobs/" + jobId + "/events")) {
      events
          .filter(line -> line.startsWith("data:"))
          .forEach(line -> show(api.get("/jobs/" + jobId)));
    }
    JsonNode job = api.get("/jobs/" + jobId);
    show(job);
    if (!"SUCCEEDED".equals(job.path("state").asText())) {
      JsonNode problem = job.path("problem");
      throw new IllegalStateException(
          job.path("state").asText()
              + " "
              + problem.path("code").asText()
              + "  "
              + problem.path("detail").asText()
              + "\n      HINT: "
              + problem.path("hint").asText());
    }
    return job;
  }

  private void show(JsonNode job) {
    if (!selectionPrinted && job.path("selection").has("nodes")) {
      print(job.path("selection"));
      selectionPrinted = true;
    }
    String line = progressLine(job);
    if (!line.equals(printed)) {
      out.println("      " + line);
      printed = line;
    }
  }

  private void print(JsonNode selection) {
    out.println("      " + selection.path("explanation").asText());
    for (JsonNode verdict : selection.path("nodes")) {
      out.printf(
          "        %s %-10s %s%n",
          verdict.path("chosen").asBoolean() ? "->" : "  ",
          verdict.path("node").asText(),
          verdict.path("reason").asText());
    }
  }

  private static String progressLine(JsonNode job) {
    JsonNode progress = job.path("progress");
    if (!progress.has("phase")) {
      return job.path("state").asText() + " " + job.path("queuedReason").asText("");
    }
    StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "%-28s", progress.path("phase").asText()));
    if (progress.path("bytesDone").asLong() > 0) {
      line.append(megabytes(progress.path("bytesDone").asLong()));
      if (progress.has("bytesTotal")) {
        line.append(" of ").append(megabytes(progress.path("bytesTotal").asLong()));
      }
      if (progress.path("ratePerSecond").asLong() > 0) {
        line.append(", ").append(megabytes(progress.path("ratePerSecond").asLong())).append("/s");
      }
      if (progress.has("etaSeconds")) {
        line.append(", ").append(progress.path("etaSeconds").asLong()).append(" s left");
      }
    }
    return line.toString().stripTrailing();
  }

  static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }
}
