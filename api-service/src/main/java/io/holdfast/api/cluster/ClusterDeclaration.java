package io.holdfast.api.cluster;

import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.SecretRef;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.model.cluster.StandbyPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads a declaration into a spec and shows a spec as a declaration. */
final class ClusterDeclaration {
  private static final Duration LONGEST_WAIT = Duration.ofHours(24);
  private static final Duration SHORTEST_OBJECTIVE = Duration.ofMinutes(1);
  private static final Duration LONGEST_OBJECTIVE = Duration.ofDays(366);
  private static final int MAX_NAME_BYTES = 63;

  private ClusterDeclaration() {}

  /** Without the system identifier: that is a fact, not a wish. */
  static ClusterSpec spec(String name, ClusterRequest request) {
    return new ClusterSpec(
        name,
        nodes(request.nodes()),
        new SecretRef(request.credentialsRef()),
        request.sslMode(),
        database(request.maintenanceDatabase()),
        policy(request.standbyPolicy()),
        null,
        request.encryption() == null ? null : request.encryption().spec());
  }

  static ClusterSpec pinned(ClusterSpec spec, String systemIdentifier) {
    return new ClusterSpec(
        spec.name(),
        spec.nodes(),
        spec.credentialsRef(),
        spec.sslMode(),
        spec.maintenanceDatabase(),
        spec.standbyPolicy(),
        systemIdentifier,
        spec.encryption());
  }

  /** ISO 8601; null when nothing is declared. */
  static String objective(Duration objective) {
    if (objective == null) {
      return null;
    }
    if (objective.compareTo(SHORTEST_OBJECTIVE) < 0 || objective.compareTo(LONGEST_OBJECTIVE) > 0) {
      throw ApiProblem.invalid(
          "recoveryPointObjective", "must be PT1M to P366D", "Say how much may be lost.");
    }
    return objective.toString();
  }

  static List<NodeAddress> nodes(ClusterSpec spec) {
    return spec.nodes().stream()
        .map(node -> new NodeAddress(node.name(), node.host(), node.port()))
        .toList();
  }

  static StandbyPolicyView policy(ClusterSpec spec) {
    StandbyPolicy policy = spec.standbyPolicy();
    return new StandbyPolicyView(
        policy.target().name(),
        policy.maxLagBytes(),
        policy.maxLagSeconds(),
        policy.whenNone().name(),
        policy.waitFor());
  }

  private static List<NodeSpec> nodes(List<NodeAddress> addresses) {
    List<NodeSpec> nodes = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Set<String> endpoints = new HashSet<>();
    for (int i = 0; i < addresses.size(); i++) {
      NodeAddress address = addresses.get(i);
      NodeSpec node =
          new NodeSpec(
              address.name(), address.host(), address.port() == null ? 5432 : address.port());
      if (!names.add(node.name()) || !endpoints.add(node.endpoint())) {
        throw ApiProblem.invalid(
            "nodes[" + i + "]",
            "repeats the name or the address of another node",
            "List every node once.");
      }
      nodes.add(node);
    }
    return nodes;
  }

  private static String database(String name) {
    if (name != null
        && (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES
            || name.indexOf('\0') >= 0)) {
      throw ApiProblem.invalid(
          "maintenanceDatabase", "must be a database name of at most 63 bytes", "Correct it.");
    }
    return name;
  }

  private static StandbyPolicy policy(StandbyPolicyView view) {
    if (view == null) {
      return StandbyPolicy.defaults();
    }
    Duration wait = view.waitFor();
    if (wait != null && (wait.isNegative() || wait.compareTo(LONGEST_WAIT) > 0)) {
      throw ApiProblem.invalid(
          "standbyPolicy.waitFor", "must be PT0S to PT24H", "Wait for less than a day.");
    }
    return new StandbyPolicy(
        view.target() == null ? null : StandbyPolicy.Target.valueOf(view.target()),
        view.maxLagBytes() == null ? StandbyPolicy.DEFAULT_MAX_LAG_BYTES : view.maxLagBytes(),
        view.maxLagSeconds(),
        view.whenNone() == null ? null : StandbyPolicy.WhenNone.valueOf(view.whenNone()),
        wait);
  }
}
