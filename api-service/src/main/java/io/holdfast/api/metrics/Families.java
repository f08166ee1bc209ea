package io.holdfast.api.metrics;

import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.Collector;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;

/**
 * Registers families, each once. Names are written as a scrape shows them: base units, {@code
 * _timestamp_seconds} rather than an age, {@code _total} for what only grows. Labels have few
 * values: never an id, never an error's text.
 */
@ApplicationScoped
public class Families {
  @Inject PrometheusMeterRegistry registry;

  public Family gauge(String name, String help, String... labels) {
    return registered(name, Collector.Type.GAUGE, help, labels);
  }

  /** What the catalog counts, the same on every replica and after a restart. */
  public Family counter(String name, String help, String... labels) {
    if (!name.endsWith("_total")) {
      throw new IllegalArgumentException("the counter " + name + " must end with _total");
    }
    return registered(name, Collector.Type.COUNTER, help, labels);
  }

  private Family registered(String name, Collector.Type type, String help, String... labels) {
    return new Family(name, type, help, List.of(labels)).register(registry.getPrometheusRegistry());
  }
}
