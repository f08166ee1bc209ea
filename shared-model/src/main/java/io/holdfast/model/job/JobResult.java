package io.holdfast.model.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.holdfast.model.BackupId;
import io.holdfast.model.Lsn;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.repository.Capabilities;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What a job that succeeded leaves behind. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = JobResult.BackedUp.class, name = "BACKUP"),
  @JsonSubTypes.Type(value = JobResult.Restored.class, name = "RESTORE"),
  @JsonSubTypes.Type(value = JobResult.Verified.class, name = "VERIFY"),
  @JsonSubTypes.Type(value = JobResult.Checked.class, name = "CHECK"),
  @JsonSubTypes.Type(value = JobResult.Probed.class, name = "PROBE"),
  @JsonSubTypes.Type(value = JobResult.RestorePointCreated.class, name = "RESTORE_POINT"),
  @JsonSubTypes.Type(value = JobResult.Drilled.class, name = "DRILL"),
  @JsonSubTypes.Type(value = JobResult.Copied.class, name = "COPY"),
  @JsonSubTypes.Type(value = JobResult.WalCopied.class, name = "COPY_WAL"),
  @JsonSubTypes.Type(value = JobResult.KeysRotated.class, name = "ROTATE_KEYS"),
  @JsonSubTypes.Type(value = JobResult.Scanned.class, name = "SCAN"),
  @JsonSubTypes.Type(value = JobResult.Expired.class, name = "EXPIRE"),
  @JsonSubTypes.Type(value = JobResult.Held.class, name = "LEGAL_HOLD"),
  @JsonSubTypes.Type(value = JobResult.WalReencrypted.class, name = "REENCRYPT_WAL")
})
public sealed interface JobResult {
  /**
   * Of a backup, and of one that is another one's content under other keys.
   *
   * @param suspectBecause null when the size lies within the band of history
   * @param manifestSha256 of {@code manifest.json} as it is stored; null from older workers
   */
  record BackedUp(Manifest manifest, String suspectBecause, String manifestSha256)
      implements JobResult {
    public BackedUp(Manifest manifest, String suspectBecause) {
      this(manifest, suspectBecause, null);
    }
  }

  /**
   * @param steps what was done, or in a dry run would be done, in order
   * @param details facts such as {@code directory}, {@code port}, {@code reachedLsn}, {@code
   *     recoverySeconds}
   */
  record Restored(
      BackupId backupId, boolean dryRun, List<String> steps, Map<String, String> details)
      implements JobResult {}

  /**
   * @param findings what was compared and how it came out, a sentence each
   */
  record Verified(
      BackupId backupId, VerificationLevel level, long bytesRead, List<Finding> findings)
      implements JobResult {}

  /**
   * @param wrapped how many data keys were wrapped anew
   * @param dataKeys how many there are
   */
  record KeysRotated(String cluster, String key, int wrapped, int dataKeys, List<Finding> findings)
      implements JobResult {}

  /**
   * @param files how many were put under new keys now, in every place together
   * @param filesThere how many were so already
   * @param findings what was left as it is, and why
   */
  record WalReencrypted(
      String cluster, long files, long filesThere, long bytes, List<Finding> findings)
      implements JobResult {}

  record Checked(List<Finding> findings) implements JobResult {}

  record Probed(Capabilities capabilities, List<Finding> findings) implements JobResult {}

  /**
   * @param lsn the end of its record
   */
  record RestorePointCreated(String name, String node, int timeline, Lsn lsn, Instant at)
      implements JobResult {}

  /**
   * What a drill found; a drill that found something wrong fails instead, with the same evidence.
   *
   * @param recovery from the begin of the restore to a server that answered
   * @param loss how far before the target the last recovered commit lay; null where the target is
   *     not a moment
   * @param details as of {@link Restored}
   */
  record Drilled(
      BackupId backupId,
      Duration recovery,
      Duration loss,
      List<Finding> findings,
      Map<String, String> details)
      implements JobResult {}

  /**
   * @param repository where the copy lies
   * @param backups the copied one last, those that it builds on before it
   * @param objectsSent what lay there already, whole, was not sent again
   * @param readBack whether every object was read at the destination and its digest compared; false
   *     in a storage class that cannot be read at once, where the store's word is all there is
   */
  record Copied(
      BackupId backupId,
      String repository,
      List<CopiedBackup> backups,
      int objectsSent,
      long bytesSent,
      boolean readBack)
      implements JobResult {}

  /**
   * @param manifestSha256 of {@code manifest.json} as it is stored in both places
   */
  record CopiedBackup(BackupId backupId, long storedBytes, String manifestSha256) {}

  /**
   * @param repository where the copy lies
   * @param listedAt what was archived before is there now
   * @param objectsThere what lay there already
   * @param findings what is not as it should be, such as an object that differs
   */
  record WalCopied(
      String cluster,
      String repository,
      Instant listedAt,
      long objectsSent,
      long bytesSent,
      long objectsThere,
      List<Finding> findings)
      implements JobResult {}

  /**
   * What a scan saw; the pages went ahead of it as events.
   *
   * @param listedAt before the first object was listed
   * @param pages how many there were
   * @param oddities how many the pages name
   */
  record Scanned(
      String repository,
      Instant listedAt,
      int pages,
      long objects,
      long bytes,
      int backups,
      int archives,
      int oddities)
      implements JobResult {}

  /**
   * What an expiration removed, or in a dry run would remove.
   *
   * @param backups that are gone, with those that were gone already
   * @param kept of those that were to go
   * @param wal the ranges that are gone, as they were asked for
   * @param objects how many were removed
   * @param bytes stored bytes of these
   * @param findings the report, a sentence each
   * @param former systems of which all WAL is gone
   */
  record Expired(
      boolean dryRun,
      List<BackupId> backups,
      List<Kept> kept,
      List<WalRange> wal,
      long objects,
      long bytes,
      List<Finding> findings,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> former)
      implements JobResult {
    public Expired {
      former = former == null ? List.of() : List.copyOf(former);
    }

    /** Of the system that the cluster is. */
    public Expired(
        boolean dryRun,
        List<BackupId> backups,
        List<Kept> kept,
        List<WalRange> wal,
        long objects,
        long bytes,
        List<Finding> findings) {
      this(dryRun, backups, kept, wal, objects, bytes, findings, List.of());
    }
  }

  /**
   * What the store keeps now, and what it has let go.
   *
   * @param objects that were put under a hold or taken from one
   */
  record Held(List<BackupId> held, List<BackupId> released, long objects) implements JobResult {}

  /** A backup that stays, because something in the repository needs it. */
  record Kept(BackupId backupId, String because) {}

  /**
   * @param check stable name, such as {@code privileges}
   * @param outcome {@code OK}, {@code WARNING} or {@code FAILED}
   * @param sentence what was found, for people
   * @param hint null when there is nothing to do
   */
  record Finding(String check, String outcome, String sentence, String hint) {}
}
