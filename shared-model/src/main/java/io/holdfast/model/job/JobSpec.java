package io.holdfast.model.job;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.holdfast.model.BackupId;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.backup.SourceSpec;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.drill.DrillSpec;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.restore.RestoreTarget;
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
  @JsonSubTypes.Type(value = JobSpec.Drill.class, name = "DRILL")
})
public sealed interface JobSpec {
  RepositorySpec repository();

  /**
   * @param rateLimitBytesPerSecond plain bytes read from the source; null means unlimited
   * @param sizeBand plain bytes seen in earlier backups of the same kind; null without a history
   */
  record Backup(
      BackupId backupId,
      ClusterSpec cluster,
      RepositorySpec repository,
      SourceSpec source,
      CompressionSpec compression,
      Long rateLimitBytesPerSecond,
      SizeBand sizeBand,
      Map<String, String> labels)
      implements JobSpec {
    public Backup {
      compression = compression == null ? CompressionSpec.zstd() : compression;
      labels = labels == null ? Map.of() : Map.copyOf(labels);
    }
  }

  /** Outside {@code [lowBytes, highBytes]} a backup is kept as SUSPECT, never silently fine. */
  record SizeBand(long lowBytes, long highBytes) {}

  /**
   * @param sourceCluster the cluster that the backup is of
   * @param dryRun prove what would happen and change nothing
   */
  record Restore(
      BackupId backupId,
      String sourceCluster,
      RepositorySpec repository,
      RestoreTarget target,
      boolean dryRun)
      implements JobSpec {}

  record Verify(
      BackupId backupId, String sourceCluster, RepositorySpec repository, VerificationLevel level)
      implements JobSpec {}

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

  /** Restores into a throw-away server on the worker and judges what came back. */
  record Drill(BackupId backupId, String sourceCluster, RepositorySpec repository, DrillSpec drill)
      implements JobSpec {}
}
