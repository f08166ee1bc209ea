package io.holdfast.model.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.holdfast.model.BackupId;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.SecretRef;
import io.holdfast.model.backup.SourceSpec;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.drill.DrillSpec;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.restore.RestoreTarget;
import java.util.List;
import java.util.Map;

/** What a job is asked to do: everything a worker needs but the secrets. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = JobSpec.Backup.class, name = "BACKUP"),
  @JsonSubTypes.Type(value = JobSpec.Restore.class, name = "RESTORE"),
  @JsonSubTypes.Type(value = JobSpec.Verify.class, name = "VERIFY"),
  @JsonSubTypes.Type(value = JobSpec.Check.class, name = "CHECK"),
  @JsonSubTypes.Type(value = JobSpec.Probe.class, name = "PROBE"),
  @JsonSubTypes.Type(value = JobSpec.RestorePoint.class, name = "RESTORE_POINT"),
  @JsonSubTypes.Type(value = JobSpec.Drill.class, name = "DRILL"),
  @JsonSubTypes.Type(value = JobSpec.Copy.class, name = "COPY"),
  @JsonSubTypes.Type(value = JobSpec.CopyWal.class, name = "COPY_WAL"),
  @JsonSubTypes.Type(value = JobSpec.RotateKeys.class, name = "ROTATE_KEYS"),
  @JsonSubTypes.Type(value = JobSpec.Scan.class, name = "SCAN"),
  @JsonSubTypes.Type(value = JobSpec.Expire.class, name = "EXPIRE"),
  @JsonSubTypes.Type(value = JobSpec.LegalHold.class, name = "LEGAL_HOLD"),
  @JsonSubTypes.Type(value = JobSpec.Reencrypt.class, name = "REENCRYPT"),
  @JsonSubTypes.Type(value = JobSpec.ReencryptWal.class, name = "REENCRYPT_WAL")
})
public sealed interface JobSpec {
  RepositorySpec repository();

  /**
   * @param rateLimitBytesPerSecond plain bytes read from the source; null means unlimited
   * @param sizeBand plain bytes seen in earlier backups of the same kind; null without a history
   * @param declaration how the cluster is declared, JSON without secrets, to be kept beside its
   *     backups; null: nothing is kept
   */
  record Backup(
      BackupId backupId,
      ClusterSpec cluster,
      RepositorySpec repository,
      SourceSpec source,
      CompressionSpec compression,
      Long rateLimitBytesPerSecond,
      SizeBand sizeBand,
      Map<String, String> labels,
      PortableDeclaration declaration)
      implements JobSpec {
    public Backup {
      compression = compression == null ? CompressionSpec.zstd() : compression;
      labels = labels == null ? Map.of() : Map.copyOf(labels);
    }

    /** Without a declaration to keep. */
    public Backup(
        BackupId backupId,
        ClusterSpec cluster,
        RepositorySpec repository,
        SourceSpec source,
        CompressionSpec compression,
        Long rateLimitBytesPerSecond,
        SizeBand sizeBand,
        Map<String, String> labels) {
      this(
          backupId,
          cluster,
          repository,
          source,
          compression,
          rateLimitBytesPerSecond,
          sizeBand,
          labels,
          null);
    }
  }

  /**
   * @param sourceCluster the cluster that the backup is of
   * @param dryRun prove what would happen and change nothing
   * @param copies where else the backup lies, to be tried in this order when it cannot be had from
   *     the first and nothing was changed yet
   * @param encrypted whether the catalog knows the backup as encrypted: then a manifest that says
   *     otherwise was forged
   * @param manifestSha256 of the backup's {@code manifest.json} as the catalog knows it: then any
   *     other one was changed; null: not known
   */
  record Restore(
      BackupId backupId,
      String sourceCluster,
      RepositorySpec repository,
      RestoreTarget target,
      boolean dryRun,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<RepositorySpec> copies,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean encrypted,
      String manifestSha256)
      implements JobSpec {
    public Restore {
      copies = copies == null ? List.of() : List.copyOf(copies);
    }

    /** Of a backup that need not be encrypted. */
    public Restore(
        BackupId backupId,
        String sourceCluster,
        RepositorySpec repository,
        RestoreTarget target,
        boolean dryRun,
        List<RepositorySpec> copies) {
      this(backupId, sourceCluster, repository, target, dryRun, copies, false, null);
    }

    public Restore known(boolean asEncrypted, String sha256) {
      return new Restore(
          backupId, sourceCluster, repository, target, dryRun, copies, asEncrypted, sha256);
    }

    /** From one place only. */
    public Restore(
        BackupId backupId,
        String sourceCluster,
        RepositorySpec repository,
        RestoreTarget target,
        boolean dryRun) {
      this(backupId, sourceCluster, repository, target, dryRun, List.of());
    }
  }

  /**
   * @param encrypted as of {@link Restore}
   * @param manifestSha256 as of {@link Restore}
   */
  record Verify(
      BackupId backupId,
      String sourceCluster,
      RepositorySpec repository,
      VerificationLevel level,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean encrypted,
      String manifestSha256)
      implements JobSpec {
    /** Of a backup that need not be encrypted. */
    public Verify(
        BackupId backupId,
        String sourceCluster,
        RepositorySpec repository,
        VerificationLevel level) {
      this(backupId, sourceCluster, repository, level, false, null);
    }

    public Verify known(boolean asEncrypted, String sha256) {
      return new Verify(backupId, sourceCluster, repository, level, asEncrypted, sha256);
    }
  }

  /** Connection, privileges, versions, tools and repository, a sentence for each. */
  record Check(ClusterSpec cluster, RepositorySpec repository) implements JobSpec {}

  record Probe(RepositorySpec repository) implements JobSpec {}

  /**
   * Writes a named point into the WAL of the primary and ends its segment, so that it is archived.
   *
   * @param name 1 to 63 bytes, as {@code pg_create_restore_point} takes it
   */
  record RestorePoint(ClusterSpec cluster, RepositorySpec repository, String name)
      implements JobSpec {}

  /**
   * Restores into a throw-away server on the worker and judges what came back.
   *
   * @param copies as of {@link Restore}
   * @param encrypted as of {@link Restore}
   * @param manifestSha256 as of {@link Restore}
   */
  record Drill(
      BackupId backupId,
      String sourceCluster,
      RepositorySpec repository,
      DrillSpec drill,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<RepositorySpec> copies,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean encrypted,
      String manifestSha256)
      implements JobSpec {
    public Drill {
      copies = copies == null ? List.of() : List.copyOf(copies);
    }

    /** Of a backup that need not be encrypted. */
    public Drill(
        BackupId backupId,
        String sourceCluster,
        RepositorySpec repository,
        DrillSpec drill,
        List<RepositorySpec> copies) {
      this(backupId, sourceCluster, repository, drill, copies, false, null);
    }

    public Drill known(boolean asEncrypted, String sha256) {
      return new Drill(backupId, sourceCluster, repository, drill, copies, asEncrypted, sha256);
    }

    /** From one place only. */
    public Drill(
        BackupId backupId, String sourceCluster, RepositorySpec repository, DrillSpec drill) {
      this(backupId, sourceCluster, repository, drill, List.of());
    }
  }

  /**
   * Takes a backup, and whatever it builds on, from one repository to another: the same bytes under
   * the same keys.
   *
   * @param repository where it is read
   * @param encrypted as of {@link Restore}
   * @param manifestSha256 as of {@link Restore}
   */
  record Copy(
      BackupId backupId,
      String sourceCluster,
      RepositorySpec repository,
      RepositorySpec destination,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean encrypted,
      String manifestSha256)
      implements JobSpec {
    /** Of a backup that need not be encrypted. */
    public Copy(
        BackupId backupId,
        String sourceCluster,
        RepositorySpec repository,
        RepositorySpec destination) {
      this(backupId, sourceCluster, repository, destination, false, null);
    }

    public Copy known(boolean asEncrypted, String sha256) {
      return new Copy(backupId, sourceCluster, repository, destination, asEncrypted, sha256);
    }
  }

  /**
   * Takes what the archive of a cluster has and the destination lacks, as far as it is there when
   * the job begins.
   *
   * @param removed what was removed from the destination on purpose, and is not sent again
   * @param former systems of which all was removed there
   * @param held what the destination's store is to keep, when it is sent
   */
  record CopyWal(
      String sourceCluster,
      RepositorySpec repository,
      RepositorySpec destination,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<WalRange> removed,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> former,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<WalRange> held)
      implements JobSpec {
    public CopyWal {
      held = held == null ? List.of() : List.copyOf(held);
      removed = removed == null ? List.of() : List.copyOf(removed);
      former = former == null ? List.of() : List.copyOf(former);
    }

    /** All of it. */
    public CopyWal(String sourceCluster, RepositorySpec repository, RepositorySpec destination) {
      this(sourceCluster, repository, destination, List.of(), List.of(), List.of());
    }
  }

  /**
   * Has the data keys of a cluster's backups and WAL wrapped by one key-encryption key. Data are
   * neither read nor written.
   *
   * @param key by which they are wrapped afterwards, and by no other
   */
  record RotateKeys(String cluster, RepositorySpec repository, SecretRef key) implements JobSpec {}

  /**
   * Makes a second backup with the content of an encrypted one, under keys of its own. The first is
   * not touched.
   *
   * @param backupId of the second
   * @param original it is known to be encrypted
   * @param manifestSha256 of the first, as of {@link Restore}
   * @param parent what the second builds on: the first one's parent, encrypted anew; null when the
   *     first builds on nothing
   * @param encryption of the second
   */
  record Reencrypt(
      BackupId backupId,
      BackupId original,
      String manifestSha256,
      BackupId parent,
      String sourceCluster,
      RepositorySpec repository,
      EncryptionSpec encryption)
      implements JobSpec {}

  /**
   * Puts archived WAL that is encrypted under other keys, file by file under its own name, and then
   * the same objects in the place of their copies.
   *
   * @param encryption of what is written
   */
  record ReencryptWal(
      String cluster,
      RepositorySpec repository,
      List<RepositorySpec> copies,
      EncryptionSpec encryption)
      implements JobSpec {
    public ReencryptWal {
      copies = copies == null ? List.of() : List.copyOf(copies);
    }
  }

  /** Finds out what lies in a repository. Changes and deletes nothing. */
  record Scan(RepositorySpec repository) implements JobSpec {}

  /**
   * Removes from one repository what a plan says, and nothing else. The worker looks again at what
   * the repository says of each, and keeps what something there still needs.
   *
   * @param backups whatever builds on another before that other
   * @param sweep null: what dead attempts left stays
   * @param dryRun find out what would go and change nothing
   * @param former systems that the cluster was before, of which all WAL goes
   */
  record Expire(
      String cluster,
      RepositorySpec repository,
      List<Doomed> backups,
      List<WalRange> wal,
      Sweep sweep,
      boolean dryRun,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<FormerSystem> former)
      implements JobSpec {
    public Expire {
      backups = backups == null ? List.of() : List.copyOf(backups);
      wal = wal == null ? List.of() : List.copyOf(wal);
      former = former == null ? List.of() : List.copyOf(former);
    }

    /** Of the system that the cluster is. */
    public Expire(
        String cluster,
        RepositorySpec repository,
        List<Doomed> backups,
        List<WalRange> wal,
        Sweep sweep,
        boolean dryRun) {
      this(cluster, repository, backups, wal, sweep, dryRun, List.of());
    }
  }

  /**
   * Writes holds down beside backups, and has the store itself keep backups and let go of others.
   *
   * @param held with what they build on
   * @param released nothing that is held builds on them
   * @param notes to be written down
   * @param wal that the store keeps, all of it that is held
   * @param releasedWal that the store lets go, as far as it is not held
   */
  record LegalHold(
      String cluster,
      RepositorySpec repository,
      List<BackupId> held,
      List<BackupId> released,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<HoldOnBackup> notes,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<WalRange> wal,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<WalRange> releasedWal)
      implements JobSpec {
    public LegalHold {
      held = held == null ? List.of() : List.copyOf(held);
      released = released == null ? List.of() : List.copyOf(released);
      notes = notes == null ? List.of() : List.copyOf(notes);
      wal = wal == null ? List.of() : List.copyOf(wal);
      releasedWal = releasedWal == null ? List.of() : List.copyOf(releasedWal);
    }

    /** Of backups at the store alone. */
    public LegalHold(
        String cluster, RepositorySpec repository, List<BackupId> held, List<BackupId> released) {
      this(cluster, repository, held, released, List.of(), List.of(), List.of());
    }
  }
}
