package io.holdfast.api.retention;

import io.holdfast.model.BackupId;
import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.model.job.JobSpec;
import java.util.Optional;

/**
 * What a job reads of a backup.
 *
 * @param cluster whose backup it is
 * @param wal whether the WAL that follows the backup may be needed, too
 */
record Reads(String cluster, BackupId backupId, boolean wal) {
  /** Empty for a job that reads no backup. */
  static Optional<Reads> of(JobSpec spec) {
    return switch (spec) {
      case JobSpec.Backup backup ->
          backup.source() instanceof PhysicalSourceSpec physical && physical.parent() != null
              ? Optional.of(new Reads(backup.cluster().name(), physical.parent(), false))
              : Optional.empty();
      case JobSpec.Restore restore ->
          Optional.of(new Reads(restore.sourceCluster(), restore.backupId(), true));
      case JobSpec.Verify verify ->
          Optional.of(new Reads(verify.sourceCluster(), verify.backupId(), false));
      case JobSpec.Drill drill ->
          Optional.of(new Reads(drill.sourceCluster(), drill.backupId(), true));
      case JobSpec.Copy copy ->
          Optional.of(new Reads(copy.sourceCluster(), copy.backupId(), false));
      case JobSpec.CopyWal copy -> Optional.empty();
      case JobSpec.RotateKeys rotate -> Optional.empty();
      case JobSpec.Scan scan -> Optional.empty();
      case JobSpec.Check check -> Optional.empty();
      case JobSpec.Probe probe -> Optional.empty();
      case JobSpec.RestorePoint point -> Optional.empty();
      case JobSpec.Expire expire -> Optional.empty();
      case JobSpec.LegalHold hold -> Optional.empty();
      case JobSpec.Reencrypt reencrypt ->
          Optional.of(new Reads(reencrypt.sourceCluster(), reencrypt.original(), false));
      case JobSpec.ReencryptWal reencrypt -> Optional.empty();
    };
  }
}
