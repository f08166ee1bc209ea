package io.holdfast.api.retention;

import io.holdfast.api.cluster.ClusterKeeping;
import io.holdfast.api.cluster.ClusterPlace;
import io.holdfast.api.retention.RetentionPlanView.CopyPlanView;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What stays and goes of a cluster, wherever it lies.
 *
 * @param plans of all its places, at least
 */
record ClusterPlans(ClusterKeeping keeping, Map<ClusterPlace, RetentionPlan> plans) {
  /** Whether carrying out any of them removes anything. */
  boolean removes() {
    return Stream.concat(Stream.of(keeping.first()), keeping.further().stream())
        .map(plans::get)
        .anyMatch(RetentionPlan::removes);
  }

  /** The plan of its own repository, and those of the further ones in short. */
  RetentionPlanView view() {
    return RetentionPlanView.of(
        keeping.cluster(),
        keeping.repository(),
        keeping.own().view(),
        plans.get(keeping.first()),
        keeping.further().stream()
            .map(place -> CopyPlanView.of(place.repository(), plans.get(place)))
            .toList());
  }
}
