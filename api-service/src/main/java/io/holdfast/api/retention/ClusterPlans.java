package io.holdfast.api.retention;

import io.holdfast.api.cluster.ClusterKeeping;
import io.holdfast.api.cluster.ClusterPlace;
import io.holdfast.api.retention.RetentionPlanView.CopyPlanView;
import io.holdfast.model.BackupId;
import java.time.Instant;
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

  /** Of its own repository. */
  RetentionPlan own() {
    return plans.get(keeping.first());
  }

  /**
   * The plan of its own repository, and those of the further ones in short.
   *
   * @param lockEnds of the backups that the store of its own keeps for a time
   */
  RetentionPlanView view(Map<BackupId, Instant> lockEnds) {
    return RetentionPlanView.of(
        keeping.cluster(),
        keeping.repository(),
        keeping.own().view(),
        own(),
        lockEnds,
        keeping.further().stream()
            .map(place -> CopyPlanView.of(place.repository(), plans.get(place)))
            .toList());
  }
}
