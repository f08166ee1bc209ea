package io.holdfast.api.metrics;

/** Fills families from the catalog. Its look is set-based: no query by cluster. */
public interface MetricSource {
  /** A label: what it looks at. */
  String subject();

  /** In a transaction of its own, each statement for half a minute at most; may throw. */
  void look();
}
