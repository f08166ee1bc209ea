package io.holdfast.api.schedule;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.api.backup.BackupRequest;
import io.holdfast.api.copy.CopyRequest;
import io.holdfast.api.declared.PlanView;
import io.holdfast.api.drill.DrillRequest;
import io.holdfast.api.retention.ExpirationRequest;
import io.holdfast.api.verification.VerificationRequest;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A schedule as declared, and how it stands. */
@Schema(name = "Schedule")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ScheduleView(
    String name,
    @Schema(description = "Whose it is; absent: a repository's") String cluster,
    @Schema(description = "Whose it is; absent: a cluster's") String repository,
    @Schema(
            description =
                "BACKUP, VERIFICATION, DRILL, EXPIRATION, COPY or SCAN; further values may follow")
        String kind,
    String cron,
    String zone,
    String jitter,
    ScheduleRequest.WindowView window,
    String deadline,
    boolean external,
    boolean paused,
    BackupRequest backup,
    VerificationRequest verification,
    DrillRequest drill,
    ExpirationRequest expiration,
    CopyRequest copy,
    @Schema(description = "The next time that it comes due") Instant nextDueAt,
    @Schema(description = "When a run last became a job; absent: never") Instant lastRunAt,
    @Schema(description = "Runs that were MISSED since it was declared") long missedRuns,
    @Schema(description = "Of the declaration; the ETag is this number in quotes") long version,
    Instant createdAt,
    Instant updatedAt,
    @Schema(description = "Id of the key that last changed the declaration") String updatedBy,
    @Schema(description = "Only in the answer to a dry run") PlanView plan) {

  /** A page, by name. */
  @Schema(name = "SchedulePage")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Page(
      List<ScheduleView> items,
      @Schema(description = "Absent on the last page") String nextCursor) {}
}
