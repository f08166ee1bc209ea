package io.holdfast.api.schedule;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.api.backup.BackupRequest;
import io.holdfast.api.copy.CopyRequest;
import io.holdfast.api.drill.DrillRequest;
import io.holdfast.api.retention.ExpirationRequest;
import io.holdfast.api.verification.VerificationRequest;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The declaration of a schedule. */
@Schema(name = "ScheduleRequest", description = "What is to run when, by itself.")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ScheduleRequest(
    @Schema(
            required = true,
            description =
                "Of a cluster: BACKUP, VERIFICATION, DRILL, EXPIRATION or COPY; of a repository:"
                    + " SCAN")
        String kind,
    @Schema(
            required = true,
            description =
                "Five fields: minute, hour, day of the month, month, day of the week. With both"
                    + " days given, either will do",
            examples = "30 2 * * *")
        String cron,
    @Schema(description = "IANA name; default UTC", examples = "Europe/Berlin") String zone,
    @Schema(
            description =
                "ISO-8601: runs start up to so much later, always by the same time for the same"
                    + " schedule, so that a fleet does not start at once. Default none")
        String jitter,
    WindowView window,
    @Schema(
            description =
                "ISO-8601, counted from when it is due: a run that has not become a job by then is"
                    + " MISSED, which is an alarm. Default PT4H")
        String deadline,
    @Schema(
            description =
                "Somebody else's scheduler makes the request; the run only waits for it. Default"
                    + " false")
        Boolean external,
    @Schema(description = "Runs are SKIPPED as long as it is; default false") Boolean paused,
    @Schema(description = "BACKUP: what POST /clusters/{name}/backups takes") BackupRequest backup,
    @Schema(
            description =
                "VERIFICATION of the newest available backup: what POST /backups/{id}/verifications"
                    + " takes")
        VerificationRequest verification,
    @Schema(description = "DRILL: what POST /clusters/{name}/drills takes; may be absent")
        DrillRequest drill,
    @Schema(
            description =
                "EXPIRATION: what POST /clusters/{name}/expirations takes, without confirm; may be"
                    + " absent")
        ExpirationRequest expiration,
    @Schema(
            description =
                "COPY of the newest available backup that is not there: what POST"
                    + " /backups/{id}/copies takes")
        CopyRequest copy) {

  /** When runs may start. */
  @Schema(
      name = "ScheduleWindow",
      description =
          "Runs start only from the one to the other, by the clock of the zone; may go over"
              + " midnight. One that comes due outside is SKIPPED, one that could not start inside"
              + " is MISSED.")
  public record WindowView(
      @Schema(required = true, examples = "22:00") String from,
      @Schema(required = true, examples = "06:00") String until) {}
}
