package io.holdfast.api.job;

import io.holdfast.api.cluster.ClusterService;
import io.holdfast.model.Problem;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Why queued jobs do not run yet, as sentences. Worked out when somebody asks, from what admission
 * itself looks at, so that it is never out of date and costs the queue nothing.
 */
@ApplicationScoped
class QueuedReasons {
  private record Occupant(UUID id, boolean exclusive) {}

  @Inject EntityManager entities;
  @Inject ClusterService clusters;
  @Inject JobsConfig config;

  /** A sentence for each queued job of the list; three queries however long it is. */
  Map<UUID, String> of(List<JobEntity> jobs) {
    Set<String> clusters =
        jobs.stream()
            .filter(job -> job.state == JobState.QUEUED && job.cluster != null)
            .map(job -> job.cluster)
            .collect(Collectors.toSet());
    Map<String, List<Occupant>> occupants = occupants(clusters);
    Map<UUID, String> turns =
        turns(jobs.stream().filter(job -> job.state == JobState.QUEUED).toList());
    Map<UUID, String> reasons = new HashMap<>();
    for (JobEntity job : jobs) {
      if (job.state == JobState.QUEUED) {
        List<Occupant> others =
            job.cluster == null ? List.of() : occupants.getOrDefault(job.cluster, List.of());
        reasons.put(job.id, reason(job, others, turns.get(job.id)));
      }
    }
    return reasons;
  }

  /**
   * @param turn for which other it waits; null: for none
   */
  private String reason(JobEntity job, List<Occupant> occupants, String turn) {
    if (job.dispatchedAt != null) {
      return job.cancelRequestedAt != null
          ? "sent to pool '" + job.pool + "'; waiting to hear that it was stopped"
          : "sent to pool '" + job.pool + "'; no worker has accepted it yet";
    }
    if (turn != null) {
      return turn;
    }
    List<Occupant> others = occupants.stream().filter(o -> !o.id().equals(job.id)).toList();
    if (job.exclusive) {
      for (Occupant other : others) {
        if (other.exclusive()) {
          return "waits for job "
              + other.id()
              + ": one physical backup of cluster '"
              + job.cluster
              + "' at a time";
        }
      }
    }
    if (!others.isEmpty()
        && others.size()
            >= clusters.maxRunningJobs(job.cluster).orElse(config.maxRunningPerCluster())) {
      return "waits for job "
          + others.getFirst().id()
          + " or another of the "
          + others.size()
          + " jobs of cluster '"
          + job.cluster
          + "' that run at most at once";
    }
    if (job.notBefore != null && job.problem != null) {
      return "attempt "
          + (job.attempt - 1)
          + " ended: "
          + Wire.read(job.problem, Problem.class).detail()
          + "; the next one starts no earlier than "
          + job.notBefore;
    }
    return job.cluster == null
        ? "waits for its turn"
        : "waits for its turn in cluster '" + job.cluster + "'";
  }

  @SuppressWarnings("unchecked")
  private Map<UUID, String> turns(List<JobEntity> queued) {
    if (queued.isEmpty()) {
      return Map.of();
    }
    List<Object[]> rows =
        entities
            .createNativeQuery(
                "select j.id, o.id, o.kind from job j join job o on "
                    + Turns.WAITS
                    + " where j.id in (:ids) and j.dispatched_at is null order by o.id desc")
            .setParameter("ids", queued.stream().map(job -> job.id).toList())
            .getResultList();
    // The first of several is put last, and stays.
    Map<UUID, String> turns = new HashMap<>();
    rows.forEach(row -> turns.put((UUID) row[0], Turns.sentence(row[1], (String) row[2])));
    return turns;
  }

  @SuppressWarnings("unchecked")
  private Map<String, List<Occupant>> occupants(Set<String> clusters) {
    if (clusters.isEmpty()) {
      return Map.of();
    }
    List<Object[]> rows =
        entities
            .createNativeQuery(
                "select cluster, id, exclusive from job where cluster in (:clusters) and (state ="
                    + " 'RUNNING' or (state = 'QUEUED' and dispatched_at is not null)) order by id")
            .setParameter("clusters", clusters)
            .getResultList();
    return rows.stream()
        .collect(
            Collectors.groupingBy(
                row -> (String) row[0],
                Collectors.mapping(
                    row -> new Occupant((UUID) row[1], (Boolean) row[2]), Collectors.toList())));
  }
}
