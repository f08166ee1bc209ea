package io.holdfast.api.schedule;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A run: one time that a schedule comes due. */
@Schema(name = "ScheduleRun")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ScheduleRunView(
    @Schema(description = "As the cron expression says") Instant dueAt,
    @Schema(description = "With jitter") Instant startsAt,
    @Schema(description = "A run that has not become a job by then is MISSED") Instant deadlineAt,
    @Schema(
            description =
                "EXPECTED, JOB, MISSED or SKIPPED; further values may follow. All but EXPECTED are"
                    + " final")
        String outcome,
    @Schema(
            description =
                "MISSED: LATE, REFUSED, WINDOW_CLOSED or NOT_ASKED; SKIPPED: PAUSED, WINDOW,"
                    + " RUNNING or COALESCED; EXPECTED: why it will be skipped as things are;"
                    + " further values may follow")
        String code,
    @Schema(description = "In words") String reason,
    @Schema(description = "When the outcome was decided") Instant decidedAt,
    @Schema(description = "JOB: the job that it became") String jobId,
    @Schema(description = "JOB: as in the job") String jobState) {

  /** A page, newest first. */
  @Schema(name = "ScheduleRunPage")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Page(
      List<ScheduleRunView> items,
      @Schema(description = "Absent on the last page") String nextCursor) {}

  /** What comes next, soonest first. */
  @Schema(name = "UpcomingRuns")
  public record Upcoming(List<ScheduleRunView> items) {}
}
