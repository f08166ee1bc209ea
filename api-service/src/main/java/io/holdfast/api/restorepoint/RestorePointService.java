package io.holdfast.api.restorepoint;

import io.holdfast.api.access.Caller;
import io.holdfast.api.backup.Violations;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.idempotency.Idempotency;
import io.holdfast.api.job.Accepted;
import io.holdfast.api.job.JobService;
import io.holdfast.api.job.JobSucceeded;
import io.holdfast.api.job.SubmitOptions;
import io.holdfast.api.page.Cursor;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.api.repository.RepositoryService;
import io.holdfast.model.Lsn;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.job.JobKind;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Takes requests for restore points and keeps the points that were written. */
@ApplicationScoped
public class RestorePointService {
  private static final int MAX_NAME_BYTES = 63;

  @Inject ClusterService clusters;
  @Inject RepositoryService repositories;
  @Inject Idempotency idempotency;
  @Inject JobService jobs;
  @Inject Caller caller;

  /** Where a named point lies. */
  public record Point(String name, int timeline, Lsn lsn) {}

  /**
   * @throws ApiProblem 409 when the cluster has a point of that name: recovery would stop at
   *     whichever comes first
   */
  @Transactional
  public Accepted request(String cluster, RestorePointRequest request, String idempotencyKey) {
    caller.requireCluster(cluster);
    ClusterSpec spec = clusters.spec(cluster);
    Violations wrong = new Violations();
    name("name", request.name(), wrong);
    wrong.labels(request.labels());
    Duration deadline = wrong.duration("deadline", request.deadline());
    wrong.throwIfAny();
    return idempotency.once(
        idempotencyKey,
        "POST /clusters/" + cluster + "/restore-points",
        request,
        () -> {
          requireNew(cluster, request.name());
          return jobs.submit(
              JobKind.RESTORE_POINT,
              cluster,
              clusters.pool(cluster),
              new JobSpec.RestorePoint(
                  spec, repositories.spec(clusters.repository(cluster)), request.name()),
              new SubmitOptions(caller.keyId(), request.labels(), deadline));
        });
  }

  /** Checks a name as {@code pg_create_restore_point} takes it. */
  public static void name(String field, String name, Violations wrong) {
    wrong.require(
        name != null
            && !name.isBlank()
            && name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES
            && name.chars().noneMatch(Character::isISOControl),
        field,
        "must be 1 to " + MAX_NAME_BYTES + " bytes without control characters");
  }

  /** Newest first. */
  @Transactional
  public RestorePointView.Page list(String cluster, Integer limit, String cursor) {
    caller.requireCluster(cluster);
    ClusterSpec spec = clusters.spec(cluster);
    int size = Cursor.limit(limit);
    String after = Cursor.decode(cursor);
    List<RestorePointEntity> rows =
        (after == null
                ? RestorePointEntity.<RestorePointEntity>find(
                    "cluster = ?1 order by jobId desc", spec.name())
                : RestorePointEntity.<RestorePointEntity>find(
                    "cluster = ?1 and jobId < ?2 order by jobId desc", spec.name(), uuid(after)))
            .range(0, size)
            .list();
    return new RestorePointView.Page(
        rows.stream().limit(size).map(RestorePointService::view).toList(),
        Cursor.next(rows, size, row -> row.jobId.toString()));
  }

  /** The newest of that name; empty when none is known. Looks at no scope. */
  @Transactional
  public Optional<Point> find(String cluster, String name) {
    return RestorePointEntity.<RestorePointEntity>find(
            "cluster = ?1 and name = ?2 order by jobId desc", cluster, name)
        .firstResultOptional()
        .map(row -> new Point(row.name, row.timeline, new Lsn(row.lsn)));
  }

  void succeeded(@Observes JobSucceeded done) {
    if (done.result() instanceof JobResult.RestorePointCreated created
        && done.spec() instanceof JobSpec.RestorePoint spec) {
      RestorePointEntity row = new RestorePointEntity();
      row.jobId = UUID.fromString(done.jobId().value());
      row.cluster = spec.cluster().name();
      row.name = created.name();
      row.node = created.node();
      row.timeline = created.timeline();
      row.lsn = created.lsn().address();
      row.at = created.at();
      row.persist();
    }
  }

  private static void requireNew(String cluster, String name) {
    if (RestorePointEntity.count("cluster = ?1 and name = ?2", cluster, name) > 0) {
      throw new ApiProblem(
          409,
          "name-taken",
          "Cluster '" + cluster + "' has a restore point of that name.",
          "Choose another: recovery stops at the first of a name that it meets.");
    }
  }

  private static UUID uuid(String cursor) {
    try {
      return UUID.fromString(cursor);
    } catch (IllegalArgumentException notOurs) {
      throw ApiProblem.invalid(
          "cursor", "is not a cursor of this list", "Pass nextCursor of the page before.");
    }
  }

  private static RestorePointView view(RestorePointEntity row) {
    return new RestorePointView(
        row.name,
        row.jobId.toString(),
        row.node,
        row.timeline,
        new Lsn(row.lsn).toString(),
        row.at);
  }
}
