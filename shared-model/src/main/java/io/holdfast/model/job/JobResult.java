package io.holdfast.model.job;

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
  @JsonSubTypes.Type(value = JobResult.Drilled.class, name = "DRILL")
})
public sealed interface JobResult {
  /**
   * @param suspectBecause null when the size lies within the band of history
   */
  record BackedUp(Manifest manifest, String suspectBecause) implements JobResult {}

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
   * @param check stable name, such as {@code privileges}
   * @param outcome {@code OK}, {@code WARNING} or {@code FAILED}
   * @param sentence what was found, for people
   * @param hint null when there is nothing to do
   */
  record Finding(String check, String outcome, String sentence, String hint) {}
}
