package io.holdfast.api.drill;

import io.holdfast.api.access.Caller;
import io.holdfast.api.backup.BackupCopies;
import io.holdfast.api.backup.BackupQueries;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.idempotency.Idempotency;
import io.holdfast.api.job.Accepted;
import io.holdfast.api.job.JobService;
import io.holdfast.api.job.JobView;
import io.holdfast.api.job.SubmitOptions;
import io.holdfast.api.ledger.RecoveryBases;
import io.holdfast.api.ledger.RecoveryWish;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.api.repository.RepositoryService;
import io.holdfast.model.BackupId;
import io.holdfast.model.drill.DrillSpec;
import io.holdfast.model.job.JobKind;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.restore.RecoveryTarget;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Takes requests for drills. */
@ApplicationScoped
public class DrillService {
  private static final Duration RECENT = Duration.ofHours(24);
  private static final Duration SHORTEST_SPAN = Duration.ofSeconds(1);

  @Inject BackupQueries backups;
  @Inject BackupCopies copies;
  @Inject RecoveryBases bases;
  @Inject ClusterService clusters;
  @Inject RepositoryService repositories;
  @Inject Idempotency idempotency;
  @Inject JobService jobs;
  @Inject Caller caller;
  @Inject Clock clock;

  /** Where the drill goes. */
  private record Destination(RecoveryTarget target, RecoveryWish wish, String timeline) {}

  @Transactional
  public Accepted request(String cluster, DrillRequest request, String idempotencyKey) {
    caller.requireCluster(cluster);
    ClusterService.Declaration declared =
        clusters
            .declaration(cluster)
            .orElseThrow(
                () -> ApiProblem.notFound("cluster", cluster.length() > 63 ? "..." : cluster));
    DrillPlan plan = DrillPlan.of(request, clock.instant());
    return idempotency.once(
        idempotencyKey,
        "POST /clusters/" + cluster + "/drills",
        request,
        () -> submit(cluster, declared, request, plan));
  }

  /**
   * Finds out what is wrong with a request, whichever cluster it is about.
   *
   * @throws ApiProblem 422
   */
  public void check(DrillRequest request) {
    DrillPlan unused = DrillPlan.of(request, clock.instant());
  }

  /** A random moment is chosen once: a replay of this request names the same one. */
  private JobView submit(
      String cluster, ClusterService.Declaration declared, DrillRequest request, DrillPlan plan) {
    Destination destination = destination(cluster, plan);
    BackupQueries.Known backup = backup(cluster, request.backupId(), destination.wish());
    Duration point =
        plan.recoveryPoint() == null && declared.archive() != null
            ? declared.archive().spec().recoveryPointObjective()
            : plan.recoveryPoint();
    BackupQueries.Recorded recorded = backups.recorded(backup.id());
    return jobs.submit(
        JobKind.DRILL,
        cluster,
        declared.pool(),
        new JobSpec.Drill(
                backup.id(),
                cluster,
                repositories.spec(copies.place(backup, request.repository())),
                new DrillSpec(
                    destination.target(),
                    destination.timeline(),
                    plan.amcheck(),
                    plan.assertions(),
                    plan.recoveryTime(),
                    point),
                request.repository() == null
                    ? copies.readable(backup.id()).stream().map(repositories::spec).toList()
                    : List.of())
            .known(recorded.encrypted(), recorded.sha256()),
        new SubmitOptions(caller.keyId(), request.labels(), plan.deadline()));
  }

  private Destination destination(String cluster, DrillPlan plan) {
    if (plan.target() != null) {
      return new Destination(
          plan.target().target(() -> clusters.spec(cluster)),
          plan.target().wish(),
          plan.target().timeline());
    }
    Optional<RecoveryBases.Span> span =
        bases
            .newestSpan(cluster, RECENT)
            .filter(
                found -> Duration.between(found.from(), found.to()).compareTo(SHORTEST_SPAN) >= 0);
    if (span.isEmpty()) {
      return new Destination(
          new RecoveryTarget.Latest(), new RecoveryWish(null, null, null, "latest", true), null);
    }
    long millis = Duration.between(span.get().from(), span.get().to()).toMillis();
    Instant time =
        span.get()
            .from()
            .plusMillis(1 + ThreadLocalRandom.current().nextLong(millis))
            .truncatedTo(ChronoUnit.MILLIS);
    Instant within = time.isAfter(span.get().to()) ? span.get().to() : time;
    return new Destination(
        new RecoveryTarget.Time(within, true),
        new RecoveryWish(within, null, null, "latest", true),
        null);
  }

  private BackupQueries.Known backup(String cluster, String asked, RecoveryWish wish) {
    if (asked == null) {
      return backups.known(bases.choose(cluster, wish).value());
    }
    BackupQueries.Known backup = backups.known(asked);
    if (!backup.cluster().equals(cluster) || !backup.method().equals("PHYSICAL")) {
      throw ApiProblem.invalid(
          "backupId",
          "is not a physical backup of cluster '" + cluster + "'",
          "Leave it out: the newest that leads to the target is taken.");
    }
    bases.check(cluster, backup.repository(), new BackupId(asked), wish);
    return backup;
  }
}
