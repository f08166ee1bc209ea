package io.holdfast.api.backup;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.api.job.ProblemView;
import io.holdfast.model.Problem;
import io.holdfast.model.wire.Wire;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A backup in a repository that is not its first. */
@Schema(name = "BackupCopy")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BackupCopyView(
    String repository,
    @Schema(
            description =
                "COPYING, VERIFIED (every digest was compared there), COPIED (there, and cannot be"
                    + " read at once), FOUND (by a scan), FAILED, MISSING, NOT_NEEDED (its retention"
                    + " would not keep it), EXPIRING or EXPIRED; further values may follow")
        String state,
    String jobId,
    @Schema(description = "When every byte was last read there and compared") Instant verifiedAt,
    Long storedBytes,
    @Schema(description = "When it is tried again") Instant nextAt,
    ProblemView problem,
    @Schema(description = "Why it goes or went from there") BackupView.ExpiryView expiry) {

  /** Of one backup, by repository. */
  @Schema(name = "BackupCopyList")
  public record Listing(List<BackupCopyView> items) {}

  public static List<BackupCopyView> of(UUID backupId) {
    return BackupCopyEntity.of(backupId).stream().map(BackupCopyView::of).toList();
  }

  private static BackupCopyView of(BackupCopyEntity row) {
    boolean failed = row.state.equals(BackupCopyEntity.FAILED);
    return new BackupCopyView(
        row.key.repository(),
        row.state,
        row.jobId == null ? null : row.jobId.toString(),
        row.verifiedAt,
        row.storedBytes,
        failed ? row.nextAt : null,
        failed && row.problem != null
            ? ProblemView.of(Wire.read(row.problem, Problem.class))
            : null,
        row.expiryJob == null
            ? null
            : new BackupView.ExpiryView(row.expiryReason, row.expiryJob.toString(), row.expiredAt));
  }
}
