package io.holdfast.api.copy;

import io.holdfast.api.access.Caller;
import io.holdfast.api.cluster.ClusterCopy;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.copy.ClusterCopiesView.BackupsView;
import io.holdfast.api.copy.ClusterCopiesView.PlaceView;
import io.holdfast.api.copy.ClusterCopiesView.WalView;
import io.holdfast.api.job.ProblemView;
import io.holdfast.api.ledger.ArchiveProgress;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.Lsn;
import io.holdfast.model.Problem;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How far copies are. */
@ApplicationScoped
public class CopyStanding {
  /**
   * One row: how many are there, how many not, what is newer than the newest there, and the newest
   * there. What lies there is not behind, whatever is older and missing: the lag says what would be
   * lost with the first repository.
   */
  private static final String BACKUPS =
      "with known as (select b.id, b.finished_at, b.stored_bytes, c.state as copy from backup b"
          + " left join backup_copy c on c.backup_id = b.id and c.repository = :repository where"
          + " b.cluster = :cluster and b.state = 'AVAILABLE' and b.repository <> :repository and"
          + " coalesce(c.state, '') not in ('NOT_NEEDED', 'EXPIRING', 'EXPIRED')),"
          + " newest as (select max(finished_at) as at from known where copy in ('VERIFIED',"
          + " 'COPIED')), behind as (select k.* from known k, newest n where coalesce(k.copy, '')"
          + " not in ('VERIFIED', 'COPIED') and (n.at is null or k.finished_at > n.at)) select"
          + " (select count(*) from known where copy in ('VERIFIED', 'COPIED')), (select count(*)"
          + " from known where coalesce(copy, '') not in ('VERIFIED', 'COPIED')),"
          + " (select coalesce(sum(stored_bytes), 0) from behind), (select min(finished_at) from"
          + " behind), (select cast(id as text) from known k, newest n where k.finished_at = n.at"
          + " limit 1), (select count(*) from known where copy = 'FAILED')";

  @Inject ClusterService clusters;
  @Inject ArchiveProgress archives;
  @Inject EntityManager entities;
  @Inject Caller caller;
  @Inject Clock clock;

  @Transactional
  public ClusterCopiesView of(String name) {
    caller.requireCluster(name);
    ClusterService.Declaration declared =
        clusters
            .declaration(name)
            .orElseThrow(() -> ApiProblem.notFound("cluster", name.length() > 63 ? "..." : name));
    return new ClusterCopiesView(
        name, declared.copies().stream().map(copy -> place(declared, copy)).toList());
  }

  private PlaceView place(ClusterService.Declaration declared, ClusterCopy copy) {
    String cluster = declared.spec().name();
    return new PlaceView(
        copy.repository(),
        copy.storageClass(),
        backups(cluster, copy.repository()),
        declared.archive() == null ? null : wal(cluster, copy.repository()));
  }

  private BackupsView backups(String cluster, String repository) {
    Object[] row =
        (Object[])
            entities
                .createNativeQuery(BACKUPS)
                .setParameter("cluster", cluster)
                .setParameter("repository", repository)
                .getSingleResult();
    Instant since = (Instant) row[3];
    return new BackupsView(
        ((Number) row[0]).longValue(),
        ((Number) row[1]).longValue(),
        ((Number) row[2]).longValue(),
        since == null ? 0 : seconds(since),
        (String) row[4],
        ((Number) row[5]).longValue());
  }

  private WalView wal(String cluster, String repository) {
    WalCopyEntity row = WalCopyEntity.find(cluster, repository);
    Optional<ArchiveProgress.Seen> archived = archives.of(cluster);
    Instant copiedAt = row == null ? null : row.copiedAt;
    Long copiedTo = row == null ? null : row.copiedLsn;
    Long lagBytes =
        archived.isEmpty() || copiedTo == null
            ? null
            : Long.valueOf(Math.max(0, archived.get().to().address() - copiedTo));
    return new WalView(
        copiedAt,
        copiedTo == null ? null : new Lsn(copiedTo).toString(),
        lagBytes,
        lagBytes == null ? null : lagBytes == 0 ? 0.0 : seconds(copiedAt),
        row == null || row.jobId == null ? null : row.jobId.toString(),
        row == null || row.problem == null
            ? null
            : ProblemView.of(Wire.read(row.problem, Problem.class)));
  }

  private double seconds(Instant since) {
    return Math.max(0, Duration.between(since, clock.instant()).toMillis() / 1000.0);
  }
}
