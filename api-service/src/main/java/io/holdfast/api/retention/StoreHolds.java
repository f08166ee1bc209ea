package io.holdfast.api.retention;

import io.holdfast.api.backup.BackupCopies;
import io.holdfast.api.backup.BackupQueries;
import io.holdfast.api.cluster.ClusterPlace;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.job.JobCancelled;
import io.holdfast.api.job.JobFailed;
import io.holdfast.api.job.JobService;
import io.holdfast.api.job.JobSucceeded;
import io.holdfast.api.job.SubmitOptions;
import io.holdfast.api.repository.RepositoryService;
import io.holdfast.api.retention.RetentionFacts.Stored;
import io.holdfast.model.BackupId;
import io.holdfast.model.job.HoldOnBackup;
import io.holdfast.model.job.JobKind;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.job.WalRange;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.model.wal.SegmentSize;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Has every repository in which a held backup lies remember the hold beside it, so that it outlives
 * the catalog. Where the store locks objects it also keeps itself what is under a legal hold: the
 * backup, what that builds on, and the WAL written meanwhile.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class StoreHolds {
  private static final String TRIGGER = "holds";

  /** Later than observers that say nothing of their turn. */
  private static final int AFTER_THE_CATALOG = Interceptor.Priority.APPLICATION + 1000;

  @Inject RepositoryService repositories;
  @Inject ClusterService clusters;
  @Inject BackupQueries backups;
  @Inject BackupCopies copies;
  @Inject RetentionCatalog facts;
  @Inject ClusterLock lock;
  @Inject JobService jobs;
  @Inject Clock clock;

  /** Whether some store of a backup keeps what it is told to. */
  boolean locks(BackupQueries.Known backup) {
    return copies.places(backup).stream().anyMatch(this::locks);
  }

  private boolean locks(String repository) {
    return repositories.spec(repository) instanceof S3RepositorySpec s3 && s3.objectLock() != null;
  }

  void hold(BackupQueries.Known backup, HoldEntity hold, Instant now) {
    copies.places(backup).forEach(place -> hold(backup, place, hold, now));
  }

  private void hold(BackupQueries.Known backup, String place, HoldEntity hold, Instant now) {
    Set<BackupId> held =
        hold.legal() && locks(place)
            ? closure(chains(backup.cluster(), place, now), backup.id())
            : Set.of();
    submit(backup, place, hold, held, Set.of(), ranges(held), List.of());
  }

  /** Lets go of what no other legal hold needs. */
  void release(BackupQueries.Known backup, HoldEntity hold, Instant now) {
    for (String place : copies.places(backup)) {
      Set<BackupId> released = Set.of();
      Set<BackupId> held = Set.of();
      if (hold.legal() && locks(place)) {
        Chains chains = chains(backup.cluster(), place, now);
        held = held(chains, backup.cluster(), now);
        released = new LinkedHashSet<>(closure(chains, backup.id()));
        released.removeAll(held);
      }
      submit(
          backup,
          place,
          hold,
          Set.of(),
          released,
          released.isEmpty() ? List.of() : ranges(held),
          ranges(released));
    }
  }

  /**
   * A copy is held like its original from the moment on that it is there. After the catalog has
   * written down that it is, which tells what it builds on there.
   */
  void copied(@Observes @Priority(AFTER_THE_CATALOG) JobSucceeded done) {
    if (!(done.result() instanceof JobResult.Copied copied)) {
      return;
    }
    backups.find(copied.backupId()).ifPresent(backup -> lock.toHold(backup.cluster()));
    for (JobResult.CopiedBackup copy : copied.backups()) {
      for (HoldEntity hold : standing(copy.backupId(), done.at())) {
        backups
            .find(copy.backupId())
            .ifPresent(backup -> hold(backup, copied.repository(), hold, done.at()));
      }
    }
  }

  void walCopied(@Observes JobSucceeded done) {
    walArrived(done.spec());
  }

  void walCopyFailed(@Observes JobFailed done) {
    walArrived(done.spec());
  }

  void walCopyCancelled(@Observes JobCancelled done) {
    walArrived(done.spec());
  }

  /** What is held since the command was recorded came without its hold. */
  private void walArrived(JobSpec spec) {
    if (!(spec instanceof JobSpec.CopyWal copy)) {
      return;
    }
    String place = copy.destination().name();
    List<WalRange> late = new ArrayList<>(heldWal(copy.sourceCluster(), place));
    late.removeAll(copy.held());
    if (!late.isEmpty()) {
      submit(
          new JobSpec.LegalHold(
              copy.sourceCluster(),
              repositories.spec(place),
              List.of(),
              List.of(),
              List.of(),
              late,
              List.of()),
          TRIGGER);
    }
  }

  /** The WAL of a cluster that a further repository's store is to keep when it gets there. */
  public List<WalRange> heldWal(String cluster, String repository) {
    Instant now = clock.instant();
    return locks(repository)
        ? ranges(held(chains(cluster, repository, now), cluster, now))
        : List.of();
  }

  private Chains chains(String cluster, String place, Instant now) {
    return new Chains(facts.backups(new ClusterPlace(cluster, place), now));
  }

  private static Set<BackupId> closure(Chains chains, BackupId id) {
    Set<BackupId> found = new LinkedHashSet<>(List.of(id));
    chains.find(id).stream()
        .flatMap(backup -> chains.below(backup).stream())
        .map(Stored::id)
        .forEach(found::add);
    return found;
  }

  /** Everything that legal holds keep in one place. */
  private static Set<BackupId> held(Chains chains, String cluster, Instant now) {
    Set<BackupId> held = new LinkedHashSet<>();
    HoldEntity.<HoldEntity>stream(
            "kind = ?1 and liftedAt is null and (endsAt is null or endsAt > ?2) and backupId in"
                + " (select b.id from BackupEntity b where b.cluster = ?3)",
            HoldEntity.LEGAL,
            now,
            cluster)
        .map(hold -> new BackupId(hold.backupId.toString()))
        .filter(id -> chains.find(id).isPresent())
        .forEach(id -> held.addAll(closure(chains, id)));
    return held;
  }

  private static List<HoldEntity> standing(BackupId id, Instant now) {
    return HoldEntity.list(
        "backupId = ?1 and liftedAt is null and (endsAt is null or endsAt > ?2)",
        UUID.fromString(id.value()),
        now);
  }

  /** The WAL written while backups were taken, in whole segments. */
  private List<WalRange> ranges(Set<BackupId> ids) {
    return ids.stream()
        .map(backups::manifest)
        .filter(manifest -> manifest.wal() != null && manifest.wal().stopLsn() != null)
        .map(
            manifest -> {
              Manifest.Wal wal = manifest.wal();
              SegmentSize size = new SegmentSize(wal.segmentSizeBytes());
              return new WalRange(
                  manifest.source().systemIdentifier(),
                  wal.timeline(),
                  size.bytes(),
                  size.start(size.number(wal.startLsn())),
                  size.start(size.numberBefore(wal.stopLsn()) + 1));
            })
        .toList();
  }

  private void submit(
      BackupQueries.Known backup,
      String place,
      HoldEntity hold,
      Set<BackupId> held,
      Set<BackupId> released,
      List<WalRange> wal,
      List<WalRange> releasedWal) {
    submit(
        new JobSpec.LegalHold(
            backup.cluster(),
            repositories.spec(place),
            List.copyOf(held),
            List.copyOf(released),
            List.of(new HoldOnBackup(backup.id(), hold.note())),
            wal,
            releasedWal),
        hold.liftedAt == null ? hold.createdBy : hold.liftedBy);
  }

  private void submit(JobSpec.LegalHold spec, String trigger) {
    var unused =
        jobs.submit(
            JobKind.LEGAL_HOLD,
            spec.cluster(),
            clusters
                .declaration(spec.cluster())
                .map(ClusterService.Declaration::pool)
                .orElseGet(() -> repositories.pool(spec.repository().name())),
            spec,
            SubmitOptions.by(trigger));
  }
}
