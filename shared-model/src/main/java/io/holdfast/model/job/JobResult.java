package io.holdfast.model.job;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.holdfast.model.BackupId;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.repository.Capabilities;
import java.util.List;
import java.util.Map;

/** What a job that succeeded leaves behind. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = JobResult.BackedUp.class, name = "BACKUP"),
  @JsonSubTypes.Type(value = JobResult.Restored.class, name = "RESTORE"),
  @JsonSubTypes.Type(value = JobResult.Verified.class, name = "VERIFY"),
  @JsonSubTypes.Type(value = JobResult.Checked.class, name = "CHECK"),
  @JsonSubTypes.Type(value = JobResult.Probed.class, name = "PROBE")
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
   * @param check stable name, such as {@code privileges}
   * @param outcome {@code OK}, {@code WARNING} or {@code FAILED}
   * @param sentence what was found, for people
   * @param hint null when there is nothing to do
   */
  record Finding(String check, String outcome, String sentence, String hint) {}
}
