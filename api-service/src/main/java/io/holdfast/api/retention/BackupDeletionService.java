package io.holdfast.api.retention;

import io.holdfast.api.access.Caller;
import io.holdfast.api.backup.BackupQueries;
import io.holdfast.api.backup.Violations;
import io.holdfast.api.cluster.ClusterPlace;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.idempotency.Idempotency;
import io.holdfast.api.job.Accepted;
import io.holdfast.api.job.SubmitOptions;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.api.repository.RepositoryService;
import io.holdfast.api.retention.RetentionFacts.Stored;
import io.holdfast.model.BackupId;
import io.holdfast.model.job.Doomed;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.repository.RepositorySpec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Removes one backup because somebody asks, the same way as a plan does. */
@ApplicationScoped
public class BackupDeletionService {
  @Inject BackupQueries backups;
  @Inject ClusterService clusters;
  @Inject RepositoryService repositories;
  @Inject RetentionCatalog facts;
  @Inject ExpirationService expirations;
  @Inject ClusterLock lock;
  @Inject Idempotency idempotency;
  @Inject Caller caller;
  @Inject Clock clock;

  /**
   * What is wished of a deletion.
   *
   * @param repository from where; null: from the backup's first
   * @param pool whose workers may remove it; null: the cluster's
   * @param dependents whether what builds on it goes, too
   * @param confirm the backup's own id, for the last one that can be restored; null: not confirmed
   */
  record Wish(String repository, String pool, boolean dependents, String confirm) {}

  private record Asked(String backupId, Wish wish) {}

  /**
   * @throws ApiProblem 409 when something holds it, reads it or builds on it, or it is gone; 422
   *     when it does not lie in the repository
   */
  @Transactional
  public Accepted request(String backupId, Wish wish, String idempotencyKey) {
    BackupQueries.Known backup = backups.known(backupId);
    Violations wrong = new Violations();
    wrong.name("repository", wish.repository());
    wrong.name("pool", wish.pool());
    wrong.throwIfAny();
    String repository = wish.repository() == null ? backup.repository() : wish.repository();
    RepositorySpec place = clusters.place(backup.cluster(), repository);
    return idempotency.once(
        idempotencyKey,
        "DELETE /backups/" + backup.id(),
        new Asked(backup.id().value(), wish),
        () -> {
          lock.toDecide(backup.cluster());
          Chains chains =
              new Chains(
                  facts.backups(new ClusterPlace(backup.cluster(), repository), clock.instant()));
          List<Stored> going = going(chains, backup.id(), wish.dependents());
          going.forEach(BackupDeletionService::requireFree);
          requireAnother(chains, going, backup.id(), wish.confirm());
          return expirations.submit(
              backup.cluster(),
              wish.pool() == null ? pool(backup.cluster(), repository) : wish.pool(),
              new JobSpec.Expire(backup.cluster(), place, doomed(going), List.of(), null, false),
              SubmitOptions.by(caller.keyId()));
        });
  }

  private String pool(String cluster, String repository) {
    return clusters
        .declaration(cluster)
        .map(ClusterService.Declaration::pool)
        .orElseGet(() -> repositories.pool(repository));
  }

  private List<Doomed> doomed(List<Stored> going) {
    return going.stream()
        .map(one -> new Doomed(one.id(), "key " + caller.keyId() + " asked for it"))
        .toList();
  }

  /** It and what builds on it, that first. */
  private static List<Stored> going(Chains chains, BackupId id, boolean dependents) {
    Stored asked =
        chains
            .find(id)
            .orElseThrow(
                () ->
                    new ApiProblem(
                        409,
                        "backup-expired",
                        "Backup " + id + " is being removed from there, or is gone.",
                        "GET /backups/" + id + " says where it lies, and why it went."));
    List<Stored> above =
        chains.newestFirst().stream()
            .filter(one -> chains.below(one).contains(asked))
            .sorted(Comparator.comparingInt((Stored one) -> chains.below(one).size()).reversed())
            .toList();
    if (!above.isEmpty() && !dependents) {
      throw new ApiProblem(
          409,
          "has-dependents",
          "Backup "
              + above.getFirst().id()
              + (above.size() == 1 ? " builds" : " and " + (above.size() - 1) + " more build")
              + " on backup "
              + id
              + ".",
          "Delete those first, or all of them at once with dependents=true.");
    }
    return Stream.concat(above.stream(), Stream.of(asked)).toList();
  }

  private static void requireFree(Stored backup) {
    if (!backup.holds().isEmpty()) {
      throw new ApiProblem(
          409,
          "held",
          "Backup " + backup.id() + " is kept: " + backup.holds().getFirst() + ".",
          "Lift its holds first.");
    }
    if (!backup.pins().isEmpty()) {
      throw new ApiProblem(
          409,
          "in-use",
          "Backup " + backup.id() + " is in use: " + backup.pins().getFirst() + ".",
          "Wait for the job, or cancel it.");
    }
  }

  private static void requireAnother(
      Chains chains, List<Stored> going, BackupId id, String confirm) {
    boolean restorable = going.stream().anyMatch(chains::restorable);
    boolean another =
        chains.newestFirst().stream()
            .anyMatch(one -> chains.restorable(one) && !going.contains(one));
    if (restorable && !another && !id.value().equals(confirm)) {
      throw new ApiProblem(
          409,
          "last-backup",
          "After backup " + id + " the cluster has none in this repository that can be restored.",
          "Take a new one first. If it is meant, add confirm=" + id + ".");
    }
  }
}
