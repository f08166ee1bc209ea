package io.holdfast.api.cluster;

import io.holdfast.api.access.Caller;
import io.holdfast.api.outbox.Outbox;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.ResourceName;
import io.holdfast.model.cluster.NodeObservation;
import io.holdfast.model.cluster.NodeRole;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.wire.Wire;
import io.quarkus.hibernate.orm.panache.Panache;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Keeps what workers see of a cluster and pins who it is when it is first seen. */
@ApplicationScoped
public class TopologyService {
  @Inject Clock clock;
  @Inject Caller caller;
  @Inject Outbox outbox;
  @Inject Event<ClusterChanged> changed;

  @Transactional
  public TopologyView get(String cluster) {
    caller.requireCluster(cluster);
    if (!cluster.matches(ResourceName.PATTERN) || ClusterEntity.findById(cluster) == null) {
      throw ApiProblem.notFound("cluster", cluster.length() > 63 ? "..." : cluster);
    }
    TopologyEntity row = TopologyEntity.findById(cluster);
    if (row == null || row.observedAt == null) {
      return new TopologyView(
          cluster,
          null,
          List.of(),
          "No worker has looked yet: is a worker of the cluster's pool running?");
    }
    return new TopologyView(
        cluster,
        row.observedAt,
        Arrays.stream(Wire.read(row.nodes, NodeObservation[].class))
            .map(TopologyService::view)
            .toList(),
        null);
  }

  /**
   * Takes what a worker saw, in the transaction of the event. Older than what is known: ignored.
   */
  @Transactional
  public void observed(@Observes Topology topology) {
    ClusterEntity cluster =
        ClusterEntity.findById(topology.cluster(), LockModeType.PESSIMISTIC_WRITE);
    if (cluster == null) {
      return;
    }
    TopologyEntity row = row(topology.cluster());
    if (row.observedAt == null || !topology.observedAt().isBefore(row.observedAt)) {
      row.observedAt = topology.observedAt();
      row.nodes = Wire.text(topology.nodes());
    }
    if (cluster.systemIdentifier == null) {
      cluster.systemIdentifier = identity(topology);
      if (cluster.systemIdentifier != null) {
        ClusterEntity.flush();
        changed.fire(new ClusterChanged(cluster.name));
      }
    }
  }

  /** Has the cluster looked at as soon as this transaction commits. */
  void ask(ClusterEntity cluster) {
    row(cluster.name).askedAt = clock.instant();
    outbox.observeTopology(cluster.pool, ClusterService.spec(cluster));
  }

  /** Asks for every cluster not asked for within {@code interval}; replicas share the work. */
  @Transactional
  public void askForAll(Duration interval) {
    Panache.getEntityManager()
        .createNativeQuery(
            "insert into topology (cluster) select name from cluster on conflict do nothing")
        .executeUpdate();
    List<?> names =
        Panache.getEntityManager()
            .createNativeQuery(
                "select cluster from topology where asked_at is null or asked_at < :due"
                    + " for update skip locked",
                String.class)
            .setParameter("due", clock.instant().minus(interval))
            .getResultList();
    for (Object name : names) {
      ClusterEntity cluster = ClusterEntity.findById(name);
      if (cluster != null) {
        ask(cluster);
      }
    }
  }

  /** The primary's identifier, or the one that all agree on; null when nobody can say. */
  private static String identity(Topology topology) {
    Set<String> primaries = identifiers(topology, true);
    Set<String> known = primaries.isEmpty() ? identifiers(topology, false) : primaries;
    return known.size() == 1 ? known.iterator().next() : null;
  }

  private static Set<String> identifiers(Topology topology, boolean primariesOnly) {
    return topology.nodes().stream()
        .filter(node -> !primariesOnly || node.role() == NodeRole.PRIMARY)
        .map(NodeObservation::systemIdentifier)
        .filter(Objects::nonNull)
        .collect(Collectors.toSet());
  }

  private static TopologyEntity row(String cluster) {
    TopologyEntity row = TopologyEntity.findById(cluster);
    if (row == null) {
      row = new TopologyEntity();
      row.cluster = cluster;
      row.persist();
    }
    return row;
  }

  private static TopologyView.NodeView view(NodeObservation seen) {
    return new TopologyView.NodeView(
        seen.node(),
        seen.role().name(),
        seen.reachable(),
        seen.unreachableBecause(),
        seen.serverVersion(),
        seen.serverVersionNum(),
        seen.systemIdentifier(),
        seen.timeline(),
        seen.lsn() == null ? null : seen.lsn().toString(),
        seen.lagBytes(),
        seen.lagSeconds(),
        seen.receiver(),
        seen.replayPaused(),
        seen.applyDelaySeconds(),
        seen.maxStandbyStreamingDelaySeconds(),
        seen.hotStandbyFeedback());
  }
}
