package io.holdfast.api.restore;

import io.holdfast.api.access.Caller;
import io.holdfast.api.backup.BackupCopies;
import io.holdfast.api.backup.BackupQueries;
import io.holdfast.api.backup.Violations;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.idempotency.Idempotency;
import io.holdfast.api.job.Accepted;
import io.holdfast.api.job.JobService;
import io.holdfast.api.job.SubmitOptions;
import io.holdfast.api.ledger.RecoveryBases;
import io.holdfast.api.repository.RepositoryService;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.job.JobKind;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.restore.LogicalRestoreTarget;
import io.holdfast.model.restore.PhysicalRestoreTarget;
import io.holdfast.model.restore.RestoreTarget;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.List;

/** Takes requests for restores. */
@ApplicationScoped
public class RestoreService {
  @Inject BackupQueries backups;
  @Inject BackupCopies copies;
  @Inject ClusterService clusters;
  @Inject RepositoryService repositories;
  @Inject Idempotency idempotency;
  @Inject JobService jobs;
  @Inject Caller caller;
  @Inject RecoveryBases bases;
  @Inject Clock clock;

  /**
   * A logical restore is a job of the cluster that it changes, a physical one of the cluster that
   * it copies.
   */
  @Transactional
  public Accepted request(RestoreRequest request, String idempotencyKey) {
    RestorePlan plan = RestorePlan.of(request, clock.instant());
    return idempotency.once(
        idempotencyKey,
        "POST /restores",
        request,
        () -> {
          // "latest" is decided once: a replay of this request names the same backup.
          BackupQueries.Known backup = backup(plan);
          checkFits(plan, backup);
          String cluster = cluster(plan, backup);
          caller.requireCluster(cluster);
          BackupQueries.Recorded recorded = backups.recorded(backup.id());
          return jobs.submit(
              JobKind.RESTORE,
              cluster,
              clusters.pool(cluster),
              new JobSpec.Restore(
                      backup.id(),
                      backup.cluster(),
                      repositories.spec(copies.place(backup, request.repository())),
                      target(plan, cluster),
                      Boolean.TRUE.equals(request.dryRun()),
                      otherwise(backup, request.repository()))
                  .known(recorded.encrypted(), recorded.sha256()),
              new SubmitOptions(caller.keyId(), request.labels(), plan.deadline()));
        });
  }

  /** Where else it can be read, unless somebody said where. */
  private List<RepositorySpec> otherwise(BackupQueries.Known backup, String asked) {
    return asked == null
        ? copies.readable(backup.id()).stream().map(repositories::spec).toList()
        : List.of();
  }

  /** As asked for; with a recovery target one from which it can be reached. */
  private BackupQueries.Known backup(RestorePlan plan) {
    RestoreRequest request = plan.request();
    if (request.backupId() != null) {
      BackupQueries.Known backup = backups.known(request.backupId());
      if (!plan.logical() && backup.method().equals("PHYSICAL")) {
        bases.check(backup.cluster(), backup.repository(), backup.id(), plan.recovery().wish());
      }
      return backup;
    }
    if (plan.logical() || plan.recovery().endOfBackup()) {
      return backups.latest(request.latestOf(), plan.method());
    }
    caller.requireCluster(request.latestOf());
    return backups.known(bases.choose(request.latestOf(), plan.recovery().wish()).value());
  }

  private void checkFits(RestorePlan plan, BackupQueries.Known backup) {
    Violations wrong = new Violations();
    wrong.require(
        plan.method().equals(backup.method()),
        plan.logical() ? "logical" : "physical",
        "backup " + backup.id() + " is " + backup.method());
    List<String> wanted = plan.logical() ? plan.request().logical().databases() : null;
    if (wanted != null && plan.method().equals(backup.method())) {
      List<String> held = backups.databases(backup.id());
      for (int i = 0; i < wanted.size(); i++) {
        wrong.require(
            held.contains(wanted.get(i)),
            "logical.databases[" + i + "]",
            "is not in backup " + backup.id());
      }
    }
    wrong.throwIfAny();
  }

  private static String cluster(RestorePlan plan, BackupQueries.Known backup) {
    return plan.logical() && plan.request().logical().targetCluster() != null
        ? plan.request().logical().targetCluster()
        : backup.cluster();
  }

  private RestoreTarget target(RestorePlan plan, String cluster) {
    if (!plan.logical()) {
      RestoreRequest.PhysicalTarget physical = plan.request().physical();
      return new PhysicalRestoreTarget(
          physical.directory(),
          physical.tablespaces(),
          plan.recovery().target(() -> clusters.spec(cluster)),
          plan.recovery().timeline(),
          plan.recovery().action(),
          Boolean.TRUE.equals(physical.start()),
          !Boolean.FALSE.equals(physical.check()),
          physical.port());
    }
    RestoreRequest.LogicalTarget logical = plan.request().logical();
    ClusterSpec spec = clusters.spec(cluster);
    Violations wrong = new Violations();
    wrong.require(
        logical.targetNode() == null
            || spec.nodes().stream().anyMatch(node -> node.name().equals(logical.targetNode())),
        "logical.targetNode",
        "is not a node of cluster '" + cluster + "'");
    wrong.throwIfAny();
    return new LogicalRestoreTarget(
        spec,
        logical.targetNode(),
        logical.databases(),
        logical.targetDatabase(),
        logical.schemas(),
        logical.tables(),
        plan.content(),
        Boolean.TRUE.equals(logical.globals()),
        plan.ifNotEmpty(),
        logical.jobs() == null ? 0 : logical.jobs());
  }
}
