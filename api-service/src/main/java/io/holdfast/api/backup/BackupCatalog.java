package io.holdfast.api.backup;

import io.holdfast.api.job.JobSucceeded;
import io.holdfast.api.projection.ContentsSeen;
import io.holdfast.api.projection.LateManifest;
import io.holdfast.model.BackupId;
import io.holdfast.model.JobId;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.job.VerificationLevel;
import io.holdfast.model.manifest.ContentEntry;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Writes down what manifests say, in the transaction that takes the news. Each fact may arrive
 * twice; the first word on a backup stays.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class BackupCatalog {
  private static final Set<String> EXISTING = Set.of(BackupEntity.AVAILABLE, BackupEntity.SUSPECT);

  @Inject EntityManager entities;

  void succeeded(@Observes JobSucceeded done) {
    if (done.result() instanceof JobResult.BackedUp backedUp
        && done.spec() instanceof JobSpec.Backup spec) {
      add(done.jobId(), spec, backedUp);
    }
    if (done.result() instanceof JobResult.BackedUp backedUp
        && done.spec() instanceof JobSpec.Reencrypt spec) {
      add(done.jobId(), spec, backedUp);
    }
  }

  void late(@Observes LateManifest late) {
    if (late.spec() instanceof JobSpec.Backup spec) {
      add(late.jobId(), spec, late.result());
    }
    if (late.spec() instanceof JobSpec.Reencrypt spec) {
      add(late.jobId(), spec, late.result());
    }
  }

  private void add(JobId jobId, JobSpec.Backup spec, JobResult.BackedUp result) {
    if (isNew(jobId, spec.backupId(), result.manifest())) {
      BackupEntity row = row(jobId, spec.cluster().name(), spec.repository(), result);
      row.state = result.suspectBecause() == null ? BackupEntity.AVAILABLE : BackupEntity.SUSPECT;
      row.suspectReason = result.suspectBecause();
      row.doubtful = result.suspectBecause() != null;
      row.selectionHash = SizeHistory.hash(spec.source());
      row.persist();
    }
  }

  /** What was known of the content is known of it under other keys, too. */
  private void add(JobId jobId, JobSpec.Reencrypt spec, JobResult.BackedUp result) {
    if (isNew(jobId, spec.backupId(), result.manifest())) {
      BackupEntity original = BackupEntity.findById(uuid(spec.original()));
      BackupEntity row = row(jobId, spec.sourceCluster(), spec.repository(), result);
      boolean suspect = BackupEntity.SUSPECT.equals(original.state);
      row.state = suspect ? BackupEntity.SUSPECT : BackupEntity.AVAILABLE;
      row.suspectReason = suspect ? original.suspectReason : null;
      row.doubtful = original.doubtful;
      row.selectionHash = original.selectionHash;
      row.persist();
      entities.flush();
      int unused =
          entities
              .createNativeQuery(
                  "insert into backup_content (backup_id, database, page, item, type, schema_name,"
                      + " name, owner) select :id, database, page, item, type, schema_name, name,"
                      + " owner from backup_content where backup_id = :original")
              .setParameter("id", row.id)
              .setParameter("original", original.id)
              .executeUpdate();
    }
  }

  /** Whether this is the first word of it. */
  private static boolean isNew(JobId jobId, BackupId asked, Manifest manifest) {
    if (!manifest.backupId().equals(asked)) {
      throw new IllegalArgumentException(
          "job " + jobId + " was to make backup " + asked + ", not " + manifest.backupId());
    }
    return BackupEntity.findById(uuid(asked)) == null;
  }

  private static BackupEntity row(
      JobId jobId, String cluster, RepositorySpec repository, JobResult.BackedUp result) {
    Manifest manifest = result.manifest();
    BackupEntity row = new BackupEntity();
    row.id = uuid(manifest.backupId());
    row.cluster = cluster;
    row.method = manifest.method();
    row.repository = repository.name();
    row.jobId = UUID.fromString(jobId.value());
    row.startedAt = manifest.startedAt();
    row.finishedAt = manifest.finishedAt();
    row.plainBytes = manifest.plainBytes();
    row.storedBytes = manifest.storedBytes();
    row.manifest = Wire.text(manifest);
    row.manifestSha256 = result.manifestSha256();
    return row;
  }

  void contents(@Observes ContentsSeen seen) {
    if (!(seen.spec() instanceof JobSpec.Backup spec)) {
      return;
    }
    UUID id = uuid(spec.backupId());
    // A later attempt lists anew: what an earlier one said of this page and those after it is void.
    int unused =
        entities
            .createNativeQuery(
                "delete from backup_content where backup_id = :id and database = :database and"
                    + " page >= :page")
            .setParameter("id", id)
            .setParameter("database", seen.database())
            .setParameter("page", seen.page())
            .executeUpdate();
    List<ContentEntry> entries = seen.entries();
    int alsoUnused =
        entities
            .createNativeQuery(
                "insert into backup_content (backup_id, database, page, item, type, schema_name,"
                    + " name, owner) select :id, :database, :page, e.item, coalesce(e.entry ->>"
                    + " 'type', ''), e.entry ->> 'schema', e.entry ->> 'name', e.entry ->> 'owner'"
                    + " from jsonb_array_elements(cast(:entries as jsonb)) with ordinality as"
                    + " e(entry, item)")
            .setParameter("id", id)
            .setParameter("database", seen.database())
            .setParameter("page", seen.page())
            .setParameter("entries", Wire.text(entries))
            .executeUpdate();
  }

  /** Raises the level a backup is verified to; a higher one stays until a newer one reaches it. */
  public void verified(BackupId backupId, VerificationLevel level, Instant at) {
    BackupEntity row = BackupEntity.findById(uuid(backupId));
    if (row == null) {
      return;
    }
    boolean atLeast =
        row.verifiedLevel == null
            || VerificationLevel.valueOf(row.verifiedLevel).compareTo(level) <= 0;
    if (atLeast) {
      row.verifiedLevel = level.name();
      row.verifiedAt = at;
    }
  }

  /** A verification found it damaged: it is not shown as good any more. */
  public void suspect(BackupId backupId, String because) {
    BackupEntity row = BackupEntity.findById(uuid(backupId));
    if (row != null && EXISTING.contains(row.state)) {
      row.state = BackupEntity.SUSPECT;
      row.suspectReason = because;
    }
  }

  private static UUID uuid(BackupId id) {
    return UUID.fromString(id.value());
  }
}
