package io.holdfast.api.retention;

import io.holdfast.api.cluster.ClusterPlace;
import java.util.Map;

/** The facts of places, for plans in the transaction in which they were gathered. */
record GatheredFacts(Map<ClusterPlace, RetentionFacts> facts, Marks marks) {
  RetentionFacts in(ClusterPlace place) {
    return facts.get(place);
  }

  Map<ClusterPlace, RetentionPlan> plans() {
    return marks.plans(facts);
  }

  /** Of these facts, changed or not. */
  RetentionPlan plan(RetentionFacts changed) {
    return marks.plans(Map.of("", changed)).get("");
  }
}
