package io.holdfast.api.drill;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.api.job.JobResultView.FindingView;
import io.holdfast.api.job.ProblemView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The evidence of a drill, whether it passed or failed. */
@Schema(name = "DrillReport")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DrillReportView(
    String jobId,
    String cluster,
    @Schema(description = "PASSED, FAILED, CANCELLED or RUNNING; further values may follow")
        String verdict,
    ProblemView problem,
    @Schema(description = "Id of the key that asked for it") String requestedBy,
    Instant createdAt,
    Instant startedAt,
    Instant finishedAt,
    String worker,
    AskedView asked,
    BaseView base,
    @Schema(description = "What the worker measured, such as reachedLsn and reachedTime")
        Map<String, String> facts,
    @Schema(description = "From the begin of the restore to a server that answered")
        Double recoverySeconds,
    @Schema(description = "How far before the target the last recovered commit lay")
        Double lossSeconds,
    List<FindingView> findings) {

  @Schema(name = "DrillAsked")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record AskedView(
      @Schema(description = "END_OF_BACKUP, IMMEDIATE, LATEST, TIME, LSN, XID or NAME") String type,
      @Schema(description = "The moment, position, transaction or name") String value,
      Boolean inclusive,
      String timeline,
      boolean amcheck,
      List<DrillRequest.AssertionRequest> assertions,
      Duration recoveryTimeObjective,
      Duration recoveryPointObjective) {}

  @Schema(name = "DrillBase")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record BaseView(
      String backupId, Instant finishedAt, Integer timeline, String startLsn, String stopLsn) {}
}
