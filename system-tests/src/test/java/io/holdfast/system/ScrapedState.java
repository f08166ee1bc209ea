package io.holdfast.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a service showed at one moment, as input of a rule test. A rule test's time begins at 0, so
 * moments are moved with it: the scrape is at {@link #AT_MINUTE}.
 *
 * @param types the names of all metrics, also of those that have no sample
 */
record ScrapedState(Instant at, List<Sample> samples, Set<String> types) {
  static final int AT_MINUTE = 60;

  private static final Pattern SAMPLE =
      Pattern.compile("((?:holdfast|backup)_[a-z_]+)(?:\\{([^}]*)\\})? ([0-9.E+-]+)");
  private static final Pattern MOMENT = Pattern.compile(".*_timestamp(_seconds)?");

  /**
   * @param labels as they are written, without braces
   */
  record Sample(String name, String labels, BigDecimal value) {
    boolean of(String cluster) {
      return labels.contains("cluster=\"" + cluster + "\"");
    }
  }

  static ScrapedState of(URI metrics) {
    try {
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(metrics)
                      .header("Accept", "text/plain; version=0.0.4")
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      List<Sample> samples = new ArrayList<>();
      Set<String> types = new TreeSet<>();
      for (String line : answer.body().split("\n")) {
        if (line.startsWith("# TYPE ")) {
          types.add(line.split(" ")[2]);
        }
        Matcher sample = SAMPLE.matcher(line);
        if (sample.matches()) {
          String labels = sample.group(2) == null ? "" : sample.group(2).replaceAll(",$", "");
          samples.add(new Sample(sample.group(1), labels, new BigDecimal(sample.group(3))));
        }
      }
      return new ScrapedState(Instant.now(), samples, types);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The one sample of the cluster; 0 when there is none. */
  double value(String name, String cluster) {
    return samples.stream()
        .filter(sample -> sample.name().equals(name) && sample.of(cluster))
        .mapToDouble(sample -> sample.value().doubleValue())
        .findFirst()
        .orElse(0);
  }

  /**
   * A rule test: which clusters the alarm is pending for at the scrape, and for which it fires ten
   * minutes later, when nothing has changed meanwhile.
   *
   * @param forgotten what nothing is known of behind the scrape
   */
  String ruleTest(Path rules, String alert, Set<String> clusters, Predicate<Sample> forgotten) {
    StringBuilder text =
        new StringBuilder("rule_files:\n  - ")
            .append(rules.toAbsolutePath().normalize())
            .append("\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n");
    for (Sample sample : samples) {
      text.append("      - series: '")
          .append(sample.name())
          .append(sample.labels().isEmpty() ? "" : "{" + sample.labels() + "}")
          .append("'\n        values: '")
          .append(moved(sample).toPlainString())
          .append(forgotten.test(sample) ? "x" + AT_MINUTE + " stale" : "x" + (AT_MINUTE + 20))
          .append("'\n");
    }
    text.append("    promql_expr_test:\n");
    expect(text, alert, "", AT_MINUTE, clusters);
    expect(text, alert, ",alertstate=\"firing\"", AT_MINUTE + 10, clusters);
    return text.toString();
  }

  private static void expect(
      StringBuilder text, String alert, String more, int minute, Set<String> clusters) {
    text.append("      - expr: 'count by (cluster) (ALERTS{alertname=\"")
        .append(alert)
        .append("\"")
        .append(more)
        .append("})'\n        eval_time: ")
        .append(minute)
        .append("m\n        exp_samples:\n");
    for (String cluster : clusters) {
      text.append("          - labels: '{cluster=\"")
          .append(cluster)
          .append("\"}'\n            value: 1\n");
    }
  }

  /** 0 is "never" and stays so. */
  private BigDecimal moved(Sample sample) {
    boolean moment = MOMENT.matcher(sample.name()).matches() && sample.value().signum() != 0;
    return moment
        ? sample
            .value()
            .subtract(BigDecimal.valueOf(at.toEpochMilli(), 3))
            .add(BigDecimal.valueOf(AT_MINUTE * 60L))
        : sample.value();
  }
}
