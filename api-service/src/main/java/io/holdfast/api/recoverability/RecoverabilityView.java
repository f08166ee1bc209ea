package io.holdfast.api.recoverability;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.api.ledger.RecoveryWindowsView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** To when a cluster can be brought back, and what proves it. */
@Schema(name = "Recoverability")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RecoverabilityView(
    String cluster,
    Instant asOf,
    @Schema(
            description =
                "UNRECOVERABLE, BREACHED (more than the objective would be lost), CONCERNING or"
                    + " GOOD; further values may follow")
        String state,
    @Schema(
            description = "What a person would say",
            examples =
                "'orders' can be brought back to any moment from 2026-11-14T02:10:00Z to 40 seconds"
                    + " ago, within its objective of 5 minutes. A drill recovered it 3 hours ago,"
                    + " in 95 seconds.")
        String sentence,
    RecoveryPointView recoveryPoint,
    @Schema(description = "The newest restorable backup; absent: there is none")
        NewestBackupView newestBackup,
    @Schema(description = "Absent: nothing has proven it yet") ProofView proof,
    @Schema(description = "As the last drill that passed measured it; absent: none has")
        RecoveryTimeView recoveryTime,
    List<CopyLagView> copies,
    @Schema(description = "Absent until the service has planned") RetentionStateView retention,
    @Schema(description = "What a person should look at") List<ConcernView> concerns,
    @Schema(description = "Of this cluster's archive; only when one cluster is asked for")
        List<RecoveryWindowsView.WindowView> windows) {

  @Schema(name = "RecoveryPoint")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record RecoveryPointView(
      @Schema(description = "How much may be lost") Duration objective,
      @Schema(description = "The oldest moment of the newest window, or the oldest backup")
          Instant restorableFrom,
      @Schema(description = "The newest moment that can be reached; absent: none")
          Instant restorableUntil,
      @Schema(description = "WAL, or BACKUP: a backup alone; absent: nothing leads there")
          String through,
      @Schema(description = "What was written in the last so many seconds would be lost now")
          Double ageSeconds,
      @Schema(description = "The age as a part of the objective; more than 1 breaches it")
          Double ratio) {}

  @Schema(name = "NewestRestorableBackup")
  public record NewestBackupView(
      String backupId,
      @Schema(description = "LOGICAL, PHYSICAL or INCREMENTAL") String type,
      @Schema(description = "What was committed later is not in it") Instant at) {}

  @Schema(name = "RecoveryProof")
  public record ProofView(
      @Schema(description = "CHECKSUM, STRUCTURE, RESTORE or DRILL") String level,
      Instant at,
      double ageSeconds) {}

  @Schema(name = "MeasuredRecoveryTime")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record RecoveryTimeView(Double seconds, Double objectiveSeconds, Instant measuredAt) {}

  @Schema(name = "CopyLag")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record CopyLagView(
      String repository,
      @Schema(description = "Available backups that have no copy there") long waiting,
      @Schema(description = "Those whose copy failed and is tried again") long failed,
      @Schema(description = "Since the oldest missing one was finished; 0: none is missing")
          double behindSeconds,
      @Schema(description = "Since all archived WAL was there; 0: it is")
          double walBehindSeconds) {}

  @Schema(name = "RetentionState")
  public record RetentionStateView(
      @Schema(description = "Backups that should be gone") long due,
      @Schema(description = "Fewer full backups can be restored than the policy asks for")
          boolean violated) {}

  @Schema(name = "Concern")
  public record ConcernView(
      @Schema(description = "Stable, such as GAP or DRILL_FAILED") String code, String sentence) {}

  /** A page, worst first. */
  @Schema(name = "FleetRecoverability")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Page(
      @Schema(description = "When the catalog was looked at: seconds ago at the most")
          Instant lookedAt,
      List<RecoverabilityView> items,
      @Schema(description = "Absent on the last page") String nextCursor) {}
}
