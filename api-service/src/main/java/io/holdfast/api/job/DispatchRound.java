package io.holdfast.api.job;

import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.outbox.Outbox;
import io.holdfast.api.sql.AnyOf;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.hibernate.jpa.HibernateHints;

/**
 * Admission: hands the jobs that wait in some clusters to the outbox, as far as each cluster has
 * room. A fleet whose schedules come due together costs hardly more statements than one cluster.
 *
 * <p>The advisory lock of each of the clusters is held until the transaction ends, so that any
 * number of replicas count the same.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class DispatchRound {
  private static final int MOST_JOBS = 200;
  private static final int NO_CLUSTER_BATCH = 50;
  private static final String DUE =
      "j.state = 'QUEUED' and j.dispatched_at is null and (j.not_before is null or j.not_before <="
          + " :now) and "
          + Turns.COME;

  @Inject EntityManager entities;
  @Inject JobsConfig config;
  @Inject ClusterService clusters;
  @Inject Outbox outbox;
  @Inject JobHistory history;
  @Inject Clock clock;

  /**
   * What a round came to.
   *
   * @param full those that had no room
   * @param more those where another round may admit more: a physical backup let others behind it
   *     pass, or there were too many for one round
   */
  record Outcome(Set<String> full, Set<String> more) {}

  private record Occupied(long jobs, boolean physical) {
    static final Occupied NOT = new Occupied(0, false);
  }

  /**
   * @param physical whether a physical backup may run
   */
  private record Room(String cluster, int room, boolean physical) {}

  private record Sent(UUID id, long sequence) {}

  /** Admits what there is room for. */
  Outcome admit(Set<String> names) {
    List<String> ordered = names.stream().sorted().toList();
    String json = Wire.text(ordered);
    lock(json);
    Map<String, Occupied> occupied = occupied(json);
    Map<String, Integer> most = clusters.maxRunningJobs(names);
    List<Room> rooms = new ArrayList<>();
    Set<String> full = new HashSet<>();
    for (String name : ordered) {
      Occupied now = occupied.getOrDefault(name, Occupied.NOT);
      int room = most.getOrDefault(name, config.maxRunningPerCluster()) - (int) now.jobs();
      if (room > 0) {
        rooms.add(new Room(name, room, !now.physical()));
      } else {
        full.add(name);
      }
    }
    return rooms.isEmpty() ? new Outcome(full, Set.of()) : new Outcome(full, admit(rooms));
  }

  private Set<String> admit(List<Room> rooms) {
    List<JobEntity> waiting = waiting(rooms);
    Map<String, List<JobEntity>> byCluster = new HashMap<>();
    waiting.forEach(job -> byCluster.computeIfAbsent(job.cluster, c -> new ArrayList<>()).add(job));
    List<JobEntity> admitted = new ArrayList<>();
    Set<String> more = new HashSet<>();
    for (Room room : rooms) {
      List<JobEntity> here = byCluster.getOrDefault(room.cluster(), List.of());
      admitted.addAll(admitted(here, room.physical()));
      if (here.size() == room.room() || waiting.size() == MOST_JOBS) {
        more.add(room.cluster());
      }
    }
    send(admitted);
    return more;
  }

  /** Admits jobs that concern no cluster; whether another round may admit more. */
  boolean admitOthers() {
    List<JobEntity> waiting = waiting();
    send(waiting);
    return waiting.size() == NO_CLUSTER_BATCH;
  }

  /** At most one physical backup, and none that waits for another holds up those behind it. */
  private static List<JobEntity> admitted(List<JobEntity> waiting, boolean physicalFree) {
    List<JobEntity> admitted = new ArrayList<>();
    boolean physical = physicalFree;
    for (JobEntity job : waiting) {
      if (!job.exclusive || physical) {
        physical &= !job.exclusive;
        admitted.add(job);
      }
    }
    return admitted;
  }

  private void send(List<JobEntity> jobs) {
    if (jobs.isEmpty()) {
      return;
    }
    Instant now = clock.instant();
    List<Outbox.Run> runs = new ArrayList<>();
    List<Sent> sent = new ArrayList<>();
    history.together(() -> jobs.forEach(job -> dispatched(job, now)));
    for (JobEntity job : jobs) {
      JobSpec spec = Wire.read(job.spec, JobSpec.class);
      runs.add(
          new Outbox.Run(job.pool, job.jobId(), job.attempt, job.deadlineAt, spec, job.trace()));
      sent.add(new Sent(job.id, job.lastSequence));
    }
    outbox.runJobs(runs, config.lease());
    int unused =
        entities
            .createNativeQuery(
                "update job j set dispatched_at = :now, not_before = null, last_sequence ="
                    + " s.sequence from jsonb_to_recordset(cast(:sent as jsonb)) as s (id uuid,"
                    + " sequence bigint) where j.id = s.id")
            .setParameter("now", now)
            .setParameter("sent", Wire.text(sent))
            .executeUpdate();
  }

  private void dispatched(JobEntity job, Instant now) {
    JobAttemptEntity attempt = new JobAttemptEntity();
    attempt.key = new JobAttemptEntity.Key(job.id, job.attempt);
    attempt.dispatchedAt = now;
    attempt.persist();
    history.noted(job, "DISPATCHED", EventBody.none());
  }

  /** In the order of the names, which is that of every replica. */
  private void lock(String names) {
    Object unused =
        entities
            .createNativeQuery(
                "select count(*) from (select pg_advisory_xact_lock(hashtextextended(c.name, 7))"
                    + " from jsonb_array_elements_text(cast(:names as jsonb)) as c (name)) l")
            .setParameter("names", names)
            .getSingleResult();
  }

  @SuppressWarnings("unchecked")
  private Map<String, Occupied> occupied(String names) {
    List<Object[]> rows =
        entities
            .createNativeQuery(
                "select cluster, count(*), bool_or(exclusive) from job where cluster = "
                    + AnyOf.texts("names")
                    + " and (state = 'RUNNING' or (state = 'QUEUED' and dispatched_at is not null))"
                    + " group by cluster")
            .setParameter("names", names)
            .getResultList();
    Map<String, Occupied> occupied = new HashMap<>();
    for (Object[] row : rows) {
      occupied.put((String) row[0], new Occupied(((Number) row[1]).longValue(), (Boolean) row[2]));
    }
    return occupied;
  }

  /**
   * First in first out in each cluster. Not to be changed: {@link #send} writes them all at once.
   */
  @SuppressWarnings("unchecked")
  private List<JobEntity> waiting(List<Room> rooms) {
    return entities
        .createNativeQuery(
            "select w.* from jsonb_to_recordset(cast(:rooms as jsonb)) as r (cluster text, room"
                + " integer, physical boolean) cross join lateral (select j.* from job j where"
                + " j.cluster = r.cluster and "
                + DUE
                + " and (not j.exclusive or r.physical) order by j.id limit r.room for update of j"
                + " skip locked) w limit "
                + MOST_JOBS,
            JobEntity.class)
        .setParameter("rooms", Wire.text(rooms))
        .setParameter("now", clock.instant())
        .setHint(HibernateHints.HINT_READ_ONLY, true)
        .getResultList();
  }

  @SuppressWarnings("unchecked")
  private List<JobEntity> waiting() {
    return entities
        .createNativeQuery(
            "select j.* from job j where j.cluster is null and "
                + DUE
                + " order by j.id limit "
                + NO_CLUSTER_BATCH
                + " for update of j skip locked",
            JobEntity.class)
        .setParameter("now", clock.instant())
        .setHint(HibernateHints.HINT_READ_ONLY, true)
        .getResultList();
  }
}
