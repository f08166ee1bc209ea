package io.holdfast.api.retention;

import io.holdfast.api.access.Caller;
import io.holdfast.api.backup.BackupQueries;
import io.holdfast.api.cluster.ClusterRetention;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.job.JobService;
import io.holdfast.api.job.SubmitOptions;
import io.holdfast.api.repository.RepositoryService;
import io.holdfast.api.retention.RetentionFacts.Stored;
import io.holdfast.model.BackupId;
import io.holdfast.model.job.JobKind;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.repository.S3RepositorySpec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Has stores that lock objects keep what is under a legal hold, with what it builds on. Where a
 * store does not, the hold is the catalog's alone.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class StoreHolds {
  @Inject RepositoryService repositories;
  @Inject ClusterService clusters;
  @Inject RetentionCatalog facts;
  @Inject JobService jobs;
  @Inject Caller caller;

  /** Whether the store of a backup keeps what it is told to. */
  boolean possible(BackupQueries.Known backup) {
    return repositories.spec(backup.repository()) instanceof S3RepositorySpec s3
        && s3.objectLock() != null;
  }

  void hold(BackupQueries.Known backup, Instant now) {
    submit(backup, List.copyOf(closure(chains(backup, now), backup.id())), List.of());
  }

  /** Lets go of what no other legal hold needs. */
  void release(BackupQueries.Known backup, Instant now) {
    Chains chains = chains(backup, now);
    Set<BackupId> released = new LinkedHashSet<>(closure(chains, backup.id()));
    stillHeld(backup.cluster(), now).forEach(id -> released.removeAll(closure(chains, id)));
    if (!released.isEmpty()) {
      submit(backup, List.of(), List.copyOf(released));
    }
  }

  private Chains chains(BackupQueries.Known backup, Instant now) {
    return new Chains(
        facts
            .facts(backup.cluster(), backup.repository(), ClusterRetention.defaults(), false, now)
            .backups());
  }

  private static Set<BackupId> closure(Chains chains, BackupId id) {
    Set<BackupId> found = new LinkedHashSet<>(List.of(id));
    chains.find(id).stream()
        .flatMap(backup -> chains.below(backup).stream())
        .map(Stored::id)
        .forEach(found::add);
    return found;
  }

  private static Stream<BackupId> stillHeld(String cluster, Instant now) {
    return HoldEntity.<HoldEntity>stream(
            "kind = ?1 and liftedAt is null and (endsAt is null or endsAt > ?2) and backupId in"
                + " (select b.id from BackupEntity b where b.cluster = ?3)",
            HoldEntity.LEGAL,
            now,
            cluster)
        .map(hold -> hold.backupId)
        .map(UUID::toString)
        .map(BackupId::new);
  }

  private void submit(BackupQueries.Known backup, List<BackupId> held, List<BackupId> released) {
    RepositorySpec repository = repositories.spec(backup.repository());
    var unused =
        jobs.submit(
            JobKind.LEGAL_HOLD,
            backup.cluster(),
            clusters
                .declaration(backup.cluster())
                .map(ClusterService.Declaration::pool)
                .orElseGet(() -> repositories.pool(backup.repository())),
            new JobSpec.LegalHold(backup.cluster(), repository, held, released),
            SubmitOptions.by(caller.keyId()));
  }
}
