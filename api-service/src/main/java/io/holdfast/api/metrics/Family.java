package io.holdfast.api.metrics;

import io.prometheus.client.Collector;
import java.util.ArrayList;
import java.util.List;

/**
 * A metric with labels. Its series are replaced all at once: what is not among them any more, such
 * as those of a cluster that is gone, is not shown any more. Showing is for one thread at a time; a
 * scrape may come at any moment and sees the old series or the new ones.
 */
public final class Family extends Collector {
  private final String name;
  private final Type type;
  private final String help;
  private final List<String> labels;
  private volatile List<MetricFamilySamples> shown;

  Family(String name, Type type, String help, List<String> labels) {
    this.name = name;
    this.type = type;
    this.help = help;
    this.labels = List.copyOf(labels);
    show(List.of());
  }

  /**
   * @throws IllegalArgumentException when a series has other labels than the family
   */
  public void show(List<Series> series) {
    List<MetricFamilySamples.Sample> samples = new ArrayList<>(series.size());
    for (Series one : series) {
      if (one.labels().size() != labels.size()) {
        throw new IllegalArgumentException(name + " has labels " + labels + ", not " + one);
      }
      samples.add(new MetricFamilySamples.Sample(name, labels, one.labels(), one.value()));
    }
    shown = List.of(new MetricFamilySamples(name, type, help, samples));
  }

  @Override
  public List<MetricFamilySamples> collect() {
    return shown;
  }
}
