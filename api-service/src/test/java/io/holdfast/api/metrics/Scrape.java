package io.holdfast.api.metrics;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a scrape says, in Prometheus' text format 0.0.4. */
public final class Scrape {
  public static final String FORMAT = "text/plain; version=0.0.4";

  private static final Pattern SAMPLE =
      Pattern.compile("([a-z_]+)(?:\\{([^}]*)\\})? ([0-9.E+-]+|NaN)");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");

  private final Map<String, String> types = new TreeMap<>();
  private final Map<String, Map<Map<String, String>, Double>> samples = new HashMap<>();

  private Scrape() {}

  public static Scrape of(String text) {
    Scrape scrape = new Scrape();
    for (String line : text.split("\n")) {
      if (line.startsWith("# TYPE ")) {
        String[] words = line.split(" ");
        scrape.types.put(words[2], words[3]);
      } else if (!line.startsWith("#")) {
        scrape.sample(line);
      }
    }
    return scrape;
  }

  private void sample(String line) {
    Matcher sample = SAMPLE.matcher(line);
    if (sample.matches()) {
      Map<String, String> labels = new LinkedHashMap<>();
      Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
      while (label.find()) {
        labels.put(label.group(1), label.group(2));
      }
      samples
          .computeIfAbsent(sample.group(1), unused -> new HashMap<>())
          .put(labels, Double.valueOf(sample.group(3)));
    }
  }

  /** By name; of Holdfast's own ones. */
  public Map<String, String> types() {
    Map<String, String> own = new TreeMap<>(types);
    own.keySet().removeIf(name -> !name.startsWith("holdfast_") && !name.startsWith("backup_"));
    return own;
  }

  /** The names of the labels of a metric; empty when it has no series. */
  public Set<String> labels(String name) {
    Set<String> labels = new TreeSet<>();
    samples.getOrDefault(name, Map.of()).keySet().forEach(series -> labels.addAll(series.keySet()));
    return labels;
  }

  /** Every series with these labels, and maybe others, with its value. */
  public Map<Map<String, String>, Double> series(String name, Map<String, String> labels) {
    Map<Map<String, String>, Double> found = new HashMap<>();
    samples
        .getOrDefault(name, Map.of())
        .forEach(
            (series, value) -> {
              if (series.entrySet().containsAll(labels.entrySet())) {
                found.put(series, value);
              }
            });
    return found;
  }

  /** The one series with these labels; null when there is none or more than one. */
  public Double value(String name, Map<String, String> labels) {
    List<Double> values = List.copyOf(series(name, labels).values());
    return values.size() == 1 ? values.getFirst() : null;
  }
}
