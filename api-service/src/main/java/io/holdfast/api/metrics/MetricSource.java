package io.holdfast.api.metrics;

/** Fills families from the catalog. Its look is set-based: no query by cluster. */
public interface MetricSource {
  /** A label: what it looks at. */
  String subject();

  /** Opens a transaction of its own; what it throws leaves the families as they were. */
  void look();
}
