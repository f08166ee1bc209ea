package io.holdfast.api.ledger;

import io.holdfast.api.ledger.Continuity.Hole;
import io.holdfast.model.JobId;
import io.holdfast.model.Lsn;
import io.holdfast.model.job.WalRange;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** WAL that was removed on purpose, or is being removed: where it was, there is no gap. */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class ExpiredWal {
  @Inject EntityManager entities;
  @Inject Clock clock;

  public void add(String cluster, String repository, JobId job, List<WalRange> ranges) {
    for (WalRange range : ranges) {
      int unused =
          entities
              .createNativeQuery(
                  "insert into wal_expired (cluster, repository, system_identifier, timeline,"
                      + " from_lsn, to_lsn, job_id, at) values (:cluster, :repository, :system,"
                      + " :timeline, :from, :to, :job, :now) on conflict do nothing")
              .setParameter("cluster", cluster)
              .setParameter("repository", repository)
              .setParameter("system", range.systemIdentifier())
              .setParameter("timeline", range.timeline())
              .setParameter("from", range.from().address())
              .setParameter("to", range.to().address())
              .setParameter("job", uuid(job))
              .setParameter("now", clock.instant())
              .executeUpdate();
    }
  }

  /** All WAL of systems that the cluster was before; no timeline has the number 0. */
  public void addAll(String cluster, String repository, JobId job, List<String> systems) {
    add(
        cluster,
        repository,
        job,
        systems.stream().map(id -> new WalRange(id, 0, 1, new Lsn(0), new Lsn(0))).toList());
  }

  /** Systems that the cluster was before of which all was removed from a repository. */
  @SuppressWarnings("unchecked")
  public List<String> former(String cluster, String repository) {
    return entities
        .createNativeQuery(
            "select distinct system_identifier from wal_expired where cluster = :cluster and"
                + " repository = :repository and timeline = 0 and system_identifier <> coalesce("
                + "(select system_identifier from cluster where name = :cluster), '')",
            String.class)
        .setParameter("cluster", cluster)
        .setParameter("repository", repository)
        .getResultList();
  }

  /** Ranges that a job was to remove, and did not. */
  public void takeBack(String cluster, JobId job, List<WalRange> ranges) {
    for (WalRange range : ranges) {
      int unused =
          entities
              .createNativeQuery(
                  "delete from wal_expired where cluster = :cluster and job_id = :job and timeline ="
                      + " :timeline and from_lsn = :from and to_lsn = :to")
              .setParameter("cluster", cluster)
              .setParameter("job", uuid(job))
              .setParameter("timeline", range.timeline())
              .setParameter("from", range.from().address())
              .setParameter("to", range.to().address())
              .executeUpdate();
    }
  }

  /** What of the holes is missing although nobody removed it. */
  List<Hole> without(String cluster, String systemIdentifier, List<Hole> holes) {
    if (holes.isEmpty() || systemIdentifier == null) {
      return holes;
    }
    List<Hole> left = holes;
    for (Hole expired : expired(cluster, systemIdentifier)) {
      left = left.stream().flatMap(hole -> minus(hole, expired).stream()).toList();
    }
    return left;
  }

  /** Whether all of a hole was removed on purpose. */
  boolean covers(String cluster, String systemIdentifier, Hole hole) {
    return without(cluster, systemIdentifier, List.of(hole)).isEmpty();
  }

  @SuppressWarnings("unchecked")
  private List<Hole> expired(String cluster, String systemIdentifier) {
    List<Object[]> rows =
        entities
            .createNativeQuery(
                "select timeline, from_lsn, to_lsn from wal_expired where cluster = :cluster and"
                    + " system_identifier = :system and repository = (select c.repository from"
                    + " cluster c where c.name = :cluster)")
            .setParameter("cluster", cluster)
            .setParameter("system", systemIdentifier)
            .getResultList();
    return rows.stream().map(ExpiredWal::hole).toList();
  }

  /** Whole segments of a system's WAL that are gone from a repository. */
  record Removed(String repository, String systemIdentifier, Hole hole) {}

  /** What was removed of clusters' WAL, from wherever it was; no systems as a whole. */
  @SuppressWarnings("unchecked")
  Map<String, List<Removed>> removed(Set<String> clusters) {
    List<Object[]> rows =
        entities
            .createNativeQuery(
                "select timeline, from_lsn, to_lsn, cluster, repository, system_identifier from"
                    + " wal_expired where cluster = any(:clusters) and timeline > 0")
            .setParameter("clusters", clusters.toArray(String[]::new))
            .getResultList();
    return rows.stream()
        .collect(
            Collectors.groupingBy(
                row -> (String) row[3],
                Collectors.mapping(
                    row -> new Removed((String) row[4], (String) row[5], hole(row)),
                    Collectors.toList())));
  }

  private static Hole hole(Object[] row) {
    return new Hole(
        ((Number) row[0]).intValue(),
        new Lsn(((Number) row[1]).longValue()),
        new Lsn(((Number) row[2]).longValue()));
  }

  static List<Hole> minus(Hole hole, Hole expired) {
    if (!hole.overlaps(expired)) {
      return List.of(hole);
    }
    List<Hole> left = new ArrayList<>();
    if (hole.from().compareTo(expired.from()) < 0) {
      left.add(new Hole(hole.timeline(), hole.from(), expired.from()));
    }
    if (expired.to().compareTo(hole.to()) < 0) {
      left.add(new Hole(hole.timeline(), expired.to(), hole.to()));
    }
    return left;
  }

  private static UUID uuid(JobId job) {
    return UUID.fromString(job.value());
  }
}
