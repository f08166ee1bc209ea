package io.holdfast.api.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** To which moments a cluster can be brought back, and how its archive stands. */
@Schema(name = "RecoveryWindows")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RecoveryWindowsView(
    String cluster,
    @Schema(description = "Whether the declaration asks for archiving") boolean archived,
    @Schema(description = "Absent until a worker has looked") Instant lastObservedAt,
    Duration recoveryPointObjective,
    @Schema(
            description =
                "What stands: STALLED, BREACHED, SLOT_HALF, SLOT_NEARLY, SLOT_GONE or UNOBSERVED;"
                    + " further values may follow")
        List<String> conditions,
    @Schema(description = "Newest backup first, newest timeline first") List<WindowView> windows,
    @Schema(description = "Open ones first, then the newest closed ones") List<WalGapView> gaps,
    LagView lag,
    List<TimelineView> timelines,
    SlotView slot,
    @Schema(description = "What to look at while nothing was seen") String hint) {

  @Schema(
      name = "RecoveryWindow",
      description = "Every position and moment between both ends can be reached from the backup")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record WindowView(
      String backupId,
      @Schema(description = "The timeline that recovery follows") int timeline,
      String fromLsn,
      Instant fromTime,
      @Schema(description = "Exclusive") String toLsn,
      @Schema(description = "Every commit before it is archived; absent: nobody knows")
          Instant toTime) {}

  /** How far the archive is behind the primary. */
  @Schema(name = "ArchiveLag")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record LagView(
      String node,
      Integer timeline,
      String primaryLsn,
      String archivedLsn,
      Long bytes,
      @Schema(description = "What was written in the last so many seconds would be lost now")
          Double seconds,
      @Schema(description = "Every commit before it is archived") Instant safeUntil,
      String unreachableBecause) {}

  @Schema(name = "ArchivedTimeline")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record TimelineView(
      int timeline,
      @Schema(description = "The one it branched off; absent for the first") Integer parent,
      @Schema(description = "Where it branched off") String switchedAt,
      @Schema(description = "Whether its history file is archived; always for timeline 1")
          boolean historyArchived,
      @Schema(description = "Without a hole each") List<RangeView> ranges) {}

  @Schema(name = "ArchivedRange")
  public record RangeView(String fromLsn, @Schema(description = "Exclusive") String toLsn) {}

  @Schema(name = "ArchiveSlot")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record SlotView(
      String name,
      String node,
      boolean active,
      String walStatus,
      Long retainedBytes,
      Long budgetBytes,
      @Schema(description = "Of its budget, 1 is all of it") Double used) {}
}
