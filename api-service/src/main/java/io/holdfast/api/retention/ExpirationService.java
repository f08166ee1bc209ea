package io.holdfast.api.retention;

import io.holdfast.api.access.Caller;
import io.holdfast.api.backup.BackupRemoval;
import io.holdfast.api.backup.Violations;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.idempotency.Idempotency;
import io.holdfast.api.job.Accepted;
import io.holdfast.api.job.JobService;
import io.holdfast.api.job.JobView;
import io.holdfast.api.job.SubmitOptions;
import io.holdfast.api.ledger.ExpiredWal;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.api.retention.RetentionPlan.BackupDecision;
import io.holdfast.api.retention.RetentionPlan.FormerDecision;
import io.holdfast.api.retention.RetentionPlan.WalDecision;
import io.holdfast.model.JobId;
import io.holdfast.model.job.Doomed;
import io.holdfast.model.job.FormerSystem;
import io.holdfast.model.job.JobKind;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.job.Sweep;
import io.holdfast.model.job.WalRange;
import io.holdfast.model.repository.RepositorySpec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Turns plans into jobs. What a job removes is fixed in the transaction that records it, under the
 * lock that keeps readers out: none of it has a reader then, and none gets one later.
 */
@ApplicationScoped
public class ExpirationService {
  /** What one command can carry with room to spare; the next expiration takes the rest. */
  private static final int MOST_BACKUPS = 1000;

  private static final int MOST_RANGES = 1000;

  /** Attempts that began before are dead, unless their jobs are not over. */
  private static final Duration SWEPT_AFTER = Duration.ofDays(7);

  @Inject ClusterService clusters;
  @Inject RetentionService retention;
  @Inject RetentionCatalog facts;
  @Inject ClusterLock lock;
  @Inject BackupRemoval backups;
  @Inject ExpiredWal expired;
  @Inject Idempotency idempotency;
  @Inject JobService jobs;
  @Inject Caller caller;

  @ConfigProperty(name = "holdfast.retention.pool")
  Optional<String> expiringPool;

  /**
   * @throws ApiProblem 409 while another one runs, or when the plan asks and nobody has answered
   */
  @Transactional
  public Accepted request(String cluster, ExpirationRequest request, String idempotencyKey) {
    caller.requireCluster(cluster);
    Duration deadline = check(request);
    RepositorySpec repository = retention.place(cluster, request.repository());
    boolean dryRun = Boolean.TRUE.equals(request.dryRun());
    return idempotency.once(
        idempotencyKey,
        "POST /clusters/" + cluster + "/expirations",
        request,
        () -> {
          lock.toDecide(cluster);
          RetentionPlan plan = retention.plan(cluster, repository.name());
          if (!dryRun) {
            requireAlone(cluster, repository.name());
            requireConfirmed(plan, request.confirm());
          }
          return submit(
              cluster,
              request.pool() == null ? clusters.pool(cluster) : request.pool(),
              new JobSpec.Expire(
                  cluster,
                  repository,
                  doomed(plan),
                  wal(plan),
                  new Sweep(SWEPT_AFTER, facts.unfinished(cluster), plan.unneeded()),
                  dryRun,
                  former(plan)),
              new SubmitOptions(caller.keyId(), request.labels(), deadline));
        });
  }

  /**
   * Finds out what is wrong with a request, whichever cluster it is about.
   *
   * @return its deadline; null: none
   * @throws ApiProblem 422
   */
  public Duration check(ExpirationRequest request) {
    Violations wrong = new Violations();
    wrong.name("repository", request.repository());
    wrong.name("pool", request.pool());
    wrong.labels(request.labels());
    Duration deadline = wrong.duration("deadline", request.deadline());
    wrong.throwIfAny();
    return deadline;
  }

  /**
   * Records the job and what it removes, in the caller's transaction, which holds the lock.
   *
   * @param pool whose workers do it, unless one pool alone may delete
   */
  JobView submit(String cluster, String pool, JobSpec.Expire spec, SubmitOptions options) {
    JobView job = jobs.submit(JobKind.EXPIRE, cluster, expiringPool.orElse(pool), spec, options);
    if (!spec.dryRun()) {
      JobId id = new JobId(job.id());
      String repository = spec.repository().name();
      backups.expiring(id, repository, spec.backups());
      expired.add(cluster, repository, id, spec.wal());
    }
    return job;
  }

  private void requireAlone(String cluster, String repository) {
    List<String> running = facts.expirations(cluster, repository);
    if (!running.isEmpty()) {
      throw new ApiProblem(
          409,
          "expiration-running",
          "Job " + running.getFirst() + " removes backups of '" + cluster + "' already.",
          "Wait until it is done.");
    }
  }

  private static void requireConfirmed(RetentionPlan plan, String confirm) {
    if (confirm != null && !confirm.equals(plan.digest())) {
      throw new ApiProblem(
          409,
          "plan-changed",
          "The plan is another one now than the one that was confirmed.",
          "Read the retention plan again and confirm its digest.");
    }
    if (confirm == null && !plan.concerns().isEmpty()) {
      throw new ApiProblem(
          409,
          "plan-needs-confirmation",
          plan.concerns().stream()
              .map(RetentionPlan.Concern::sentence)
              .collect(Collectors.joining(" ")),
          "Read the retention plan. If it is meant, send \"confirm\":\"" + plan.digest() + "\".");
    }
  }

  /** What builds on another before that other. */
  private static List<Doomed> doomed(RetentionPlan plan) {
    Chains chains = new Chains(plan.backups().stream().map(BackupDecision::backup).toList());
    return plan.backups().stream()
        .filter(BackupDecision::expires)
        .sorted(
            Comparator.comparingInt(
                    (BackupDecision decision) -> chains.below(decision.backup()).size())
                .reversed())
        .limit(MOST_BACKUPS)
        .map(decision -> new Doomed(decision.id(), decision.reasons().getFirst().sentence()))
        .toList();
  }

  private static List<WalRange> wal(RetentionPlan plan) {
    return plan.wal().stream()
        .filter(WalDecision::expires)
        .limit(MOST_RANGES)
        .map(
            decision ->
                new WalRange(
                    decision.systemIdentifier(),
                    decision.timeline(),
                    decision.segmentBytes(),
                    decision.from(),
                    decision.to()))
        .toList();
  }

  private static List<FormerSystem> former(RetentionPlan plan) {
    return plan.former().stream()
        .filter(FormerDecision::expires)
        .map(one -> new FormerSystem(one.systemIdentifier(), one.reason().sentence()))
        .toList();
  }
}
