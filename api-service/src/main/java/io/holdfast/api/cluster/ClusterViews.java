package io.holdfast.api.cluster;

import io.holdfast.api.declared.PlanView;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.wire.Wire;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Shows a row as JSON. */
final class ClusterViews {
  private ClusterViews() {}

  static ClusterView of(ClusterEntity row, PlanView plan) {
    ClusterSpec spec = Wire.read(row.spec, ClusterSpec.class);
    return new ClusterView(
        row.name,
        row.pool,
        ClusterDeclaration.nodes(spec),
        row.repository,
        spec.credentialsRef().name(),
        spec.sslMode(),
        spec.maintenanceDatabase(),
        ClusterDeclaration.policy(spec),
        row.archive == null ? null : Wire.read(row.archive, ClusterArchive.class).view(),
        row.recoveryPointObjective == null ? null : Duration.parse(row.recoveryPointObjective),
        EncryptionView.of(spec.encryption()),
        row.retention == null ? null : Wire.read(row.retention, ClusterRetention.class).view(),
        row.copies == null ? null : ClusterService.copies(row),
        row.maxRunningJobs,
        row.systemIdentifier,
        labels(row),
        row.version,
        row.createdAt,
        row.updatedAt,
        row.updatedBy,
        plan);
  }

  /** What a person declares, for comparing two declarations. */
  static ClusterRequest declaration(ClusterEntity row) {
    return declaration(of(row, null));
  }

  static ClusterRequest declaration(ClusterView view) {
    return new ClusterRequest(
        view.pool(),
        view.nodes(),
        view.repository(),
        view.credentialsRef(),
        view.sslMode(),
        view.maintenanceDatabase(),
        view.standbyPolicy(),
        view.archive(),
        view.recoveryPointObjective(),
        view.encryption(),
        view.retention(),
        view.copies(),
        view.maxRunningJobs(),
        view.systemIdentifier(),
        view.labels());
  }

  static Map<String, String> labels(ClusterEntity row) {
    Map<String, String> labels = new TreeMap<>();
    Wire.read(row.labels, Map.class)
        .forEach((key, value) -> labels.put(String.valueOf(key), String.valueOf(value)));
    return labels;
  }
}
