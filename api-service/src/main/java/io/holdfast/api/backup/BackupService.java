package io.holdfast.api.backup;

import io.holdfast.api.access.Caller;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.idempotency.Idempotency;
import io.holdfast.api.job.Accepted;
import io.holdfast.api.job.JobService;
import io.holdfast.api.job.SubmitOptions;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.api.repository.RepositoryService;
import io.holdfast.model.BackupId;
import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.model.backup.SourceSpec;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.StandbyPolicy;
import io.holdfast.model.job.JobKind;
import io.holdfast.model.job.JobSpec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/** Takes requests for backups. */
@ApplicationScoped
public class BackupService {
  private static final Logger LOG = Logger.getLogger(BackupService.class);

  @Inject ClusterService clusters;
  @Inject RepositoryService repositories;
  @Inject Idempotency idempotency;
  @Inject JobService jobs;
  @Inject Caller caller;
  @Inject Clock clock;
  @Inject BackupQueries backups;
  @Inject SizeHistory sizes;

  /** Everything that can be wrong with a request is found here, before it becomes a job. */
  @Transactional
  public Accepted request(String cluster, BackupRequest request, String idempotencyKey) {
    caller.requireCluster(cluster);
    ClusterSpec spec = clusters.spec(cluster);
    BackupPlan plan = BackupPlan.of(request, spec.standbyPolicy());
    return idempotency.once(
        idempotencyKey,
        "POST /clusters/" + cluster + "/backups",
        request,
        () ->
            jobs.submit(
                JobKind.BACKUP,
                cluster,
                clusters.pool(cluster),
                spec(cluster, plan, spec, request),
                new SubmitOptions(caller.keyId(), request.labels(), plan.deadline())));
  }

  /** A request that is about to be made in the same transaction. */
  public record Foreseen(String cluster, BackupRequest request) {}

  /**
   * Reads at once what the requests of many clusters would look up one after the other. Refuses
   * none of them: that is for {@link #request}.
   */
  @Transactional(Transactional.TxType.MANDATORY)
  public void readAhead(List<Foreseen> requests) {
    Map<BackupRequest, Optional<String>> hashes = new HashMap<>();
    Set<SizeHistory.Selection> selections = new HashSet<>();
    for (Foreseen one : requests) {
      hashes
          .computeIfAbsent(one.request(), BackupService::selectionHash)
          .ifPresent(hash -> selections.add(new SizeHistory.Selection(one.cluster(), hash)));
    }
    sizes.readAhead(selections);
  }

  /** Whatever the cluster's own policy: it chooses the node, not what is read there. */
  private static Optional<String> selectionHash(BackupRequest request) {
    try {
      return Optional.of(
          SizeHistory.hash(BackupPlan.of(request, StandbyPolicy.defaults()).source()));
    } catch (ApiProblem wrong) {
      LOG.debug("such a backup will be refused", wrong);
      return Optional.empty();
    }
  }

  /**
   * Finds out what is wrong with a request that is to be made later. Looks at no scope.
   *
   * @throws ApiProblem 422
   */
  @Transactional
  public void check(String cluster, BackupRequest request) {
    BackupPlan unused = BackupPlan.of(request, clusters.spec(cluster).standbyPolicy());
    if (request.repository() != null) {
      repositories.requireDeclared("repository", request.repository());
    }
  }

  private JobSpec spec(String cluster, BackupPlan plan, ClusterSpec spec, BackupRequest request) {
    String repository =
        request.repository() == null ? clusters.repository(cluster) : request.repository();
    SourceSpec source = source(cluster, repository, plan, spec.systemIdentifier());
    return new JobSpec.Backup(
        BackupId.next(clock),
        plan.policy() == null ? spec : withPolicy(spec, plan),
        clusters.place(cluster, repository),
        source,
        plan.compression(),
        request.rateLimitBytesPerSecond(),
        sizes.band(cluster, source),
        request.labels(),
        clusters.portable(cluster));
  }

  /** With the parent of an incremental one: a suspect backup is never built upon. */
  private SourceSpec source(
      String cluster, String repository, BackupPlan plan, String systemIdentifier) {
    if (plan.incremental() == null || !(plan.source() instanceof PhysicalSourceSpec full)) {
      return plan.source();
    }
    String asked = plan.incremental().parent();
    Optional<PhysicalBackup> parent =
        backups.physical(cluster, repository).stream()
            .filter(PhysicalBackup::available)
            .filter(
                backup ->
                    systemIdentifier == null || systemIdentifier.equals(backup.systemIdentifier()))
            .filter(backup -> asked == null || backup.id().value().equals(asked))
            .findFirst();
    if (parent.isPresent()) {
      BackupQueries.Recorded recorded = backups.recorded(parent.get().id());
      return new PhysicalSourceSpec(
          full.checkpoint(),
          parent.get().id(),
          plan.incremental().otherwise(),
          recorded.encrypted(),
          recorded.sha256());
    }
    if (asked == null && plan.incremental().otherwise() == PhysicalSourceSpec.Otherwise.FULL) {
      return full;
    }
    throw ApiProblem.invalid(
        "physical.parent",
        asked == null
            ? "there is no available physical backup of '" + cluster + "' to build on"
            : "is not an available physical backup of '" + cluster + "' in the same repository",
        "Take a full backup first, or ask for otherwise FULL.");
  }

  private static ClusterSpec withPolicy(ClusterSpec spec, BackupPlan plan) {
    return new ClusterSpec(
        spec.name(),
        spec.nodes(),
        spec.credentialsRef(),
        spec.sslMode(),
        spec.maintenanceDatabase(),
        plan.policy(),
        spec.systemIdentifier(),
        spec.encryption());
  }
}
