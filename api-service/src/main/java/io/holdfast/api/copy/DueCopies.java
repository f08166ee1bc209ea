package io.holdfast.api.copy;

import io.holdfast.api.backup.BackupCopyEntity;
import io.holdfast.api.cluster.ClusterCopy;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.job.JobService;
import io.holdfast.api.job.SubmitOptions;
import io.holdfast.api.ledger.ArchiveProgress;
import io.holdfast.api.ledger.ArchivedWal;
import io.holdfast.api.ledger.ExpiredWal;
import io.holdfast.api.repository.RepositoryService;
import io.holdfast.api.retention.StoreHolds;
import io.holdfast.model.job.JobKind;
import io.holdfast.model.job.JobSpec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Asks for what a cluster's further repositories lack. Whatever is available is to lie there that
 * the retention there would keep, the newest first, one at a time, so that a backup that is taken
 * now does not wait for a backlog.
 */
@ApplicationScoped
public class DueCopies {
  private static final String TRIGGER = "copies";

  @Inject ClusterService clusters;
  @Inject RepositoryService repositories;
  @Inject CopyService copies;
  @Inject LackingCopies lacking;
  @Inject CopyCatalog catalog;
  @Inject CopyConfig config;
  @Inject ArchiveProgress archives;
  @Inject ArchivedWal removed;
  @Inject ExpiredWal former;
  @Inject StoreHolds holds;
  @Inject JobService jobs;
  @Inject EntityManager entities;
  @Inject Clock clock;

  /** In a transaction of its own; replicas share the work. */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  public void ask(String cluster) {
    Optional<ClusterService.Declaration> declared = clusters.declaration(cluster);
    if (declared.isEmpty() || !alone(cluster)) {
      return;
    }
    giveUpWhatWasCancelled(cluster);
    for (ClusterCopy copy : declared.get().copies()) {
      backup(cluster, copy);
      if (declared.get().archive() != null) {
        wal(declared.get(), copy);
      }
    }
  }

  private boolean alone(String cluster) {
    return Boolean.TRUE.equals(
        entities
            .createNativeQuery(
                "select pg_try_advisory_xact_lock(hashtextextended(:cluster, 17))", Boolean.class)
            .setParameter("cluster", cluster)
            .getSingleResult());
  }

  /** Nobody reports on a job that was cancelled: it is tried again like one that failed. */
  private void giveUpWhatWasCancelled(String cluster) {
    List<?> ended =
        entities
            .createNativeQuery(
                "select c.* from backup_copy c join backup b on b.id = c.backup_id where b.cluster"
                    + " = :cluster and c.state = 'COPYING' and not exists (select 1 from job j"
                    + " where j.id = c.job_id and j.finished_at is null)",
                BackupCopyEntity.class)
            .setParameter("cluster", cluster)
            .getResultList();
    ended.forEach(row -> catalog.failed((BackupCopyEntity) row, null));
  }

  private void backup(String cluster, ClusterCopy copy) {
    lacking
        .newest(cluster, copy.repository())
        .ifPresent(
            backup -> {
              var unused =
                  copies.submit(
                      backup, copy.repository(), copy.storageClass(), SubmitOptions.by(TRIGGER));
            });
  }

  /** Only when something was archived since: an idle cluster makes no jobs. */
  private void wal(ClusterService.Declaration declared, ClusterCopy copy) {
    String cluster = declared.spec().name();
    Optional<ArchiveProgress.Seen> archived = archives.of(cluster);
    if (archived.isEmpty()) {
      return;
    }
    Instant now = clock.instant();
    WalCopyEntity row = WalCopyEntity.find(cluster, copy.repository());
    if (row != null && !due(row, archived.get(), now)) {
      return;
    }
    if (row == null) {
      row = new WalCopyEntity();
      row.key = new WalCopyEntity.Key(cluster, copy.repository());
      row.askedAt = now;
      row.persist();
    }
    row.askedAt = now;
    row.askedLsn = archived.get().to().address();
    row.jobId =
        UUID.fromString(
            jobs.submit(
                    JobKind.COPY_WAL,
                    cluster,
                    declared.pool(),
                    new JobSpec.CopyWal(
                        cluster,
                        repositories.spec(declared.repository()),
                        clusters.place(cluster, copy.repository()),
                        removed.removed(cluster, copy.repository()),
                        former.former(cluster, copy.repository()),
                        holds.heldWal(cluster, copy.repository())),
                    SubmitOptions.by(TRIGGER))
                .id());
  }

  private boolean due(WalCopyEntity row, ArchiveProgress.Seen archived, Instant now) {
    boolean waits = row.nextAt != null && row.nextAt.isAfter(now);
    boolean recent = row.askedAt.plus(config.walInterval()).isAfter(now);
    boolean nothingNew =
        row.copiedAt != null
            && row.problem == null
            && archived.newestAt() != null
            && archived.newestAt().isBefore(row.copiedAt)
            && row.copiedLsn != null
            && row.copiedLsn == archived.to().address();
    return !waits && !recent && !nothingNew && !underWay(row);
  }

  private boolean underWay(WalCopyEntity row) {
    return !entities
        .createNativeQuery("select 1 from job where id = :id and finished_at is null")
        .setParameter("id", row.jobId)
        .getResultList()
        .isEmpty();
  }
}
