package io.holdfast.api.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A job as the API shows it. */
@Schema(name = "Job")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobView(
    String id,
    @Schema(
            description =
                "BACKUP, RESTORE, VERIFY, CHECK, PROBE, RESTORE_POINT, DRILL, COPY, COPY_WAL or"
                    + " SCAN; further values may follow")
        String kind,
    @Schema(
            description =
                "QUEUED, RUNNING, SUCCEEDED, FAILED or CANCELLED; further values may follow. Use"
                    + " done and outcome to decide.")
        String state,
    boolean done,
    @Schema(description = "SUCCEEDED, FAILED or CANCELLED; absent until the job is done")
        String outcome,
    ProblemView problem,
    String cluster,
    @Schema(description = "Id of the key that asked for it, or schedule:<name>") String trigger,
    Map<String, String> labels,
    Instant createdAt,
    Instant startedAt,
    Instant finishedAt,
    Instant deadlineAt,
    ProgressView progress,
    int attempt,
    int maxAttempts,
    String worker,
    @Schema(description = "Finds it in traces and in the logs of the service and the workers")
        String traceId,
    @Schema(description = "Why a queued job does not run yet") String queuedReason,
    boolean cancelRequested,
    NodeDecisionView selection,
    List<AttemptView> attempts,
    JobResultView result,
    Map<String, String> links) {

  @Schema(name = "JobProgress")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ProgressView(
      String phase,
      Double percent,
      Long bytesDone,
      Long bytesTotal,
      Long ratePerSecond,
      Long etaSeconds) {}

  @Schema(name = "JobAttempt")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record AttemptView(
      int attempt,
      Instant dispatchedAt,
      Instant acceptedAt,
      Instant startedAt,
      Instant endedAt,
      String worker,
      String node,
      @Schema(
              description =
                  "SUCCEEDED, FAILED, REFUSED by the worker's own configuration, LOST,"
                      + " NOT_ACCEPTED, HANDED_OVER by a worker that was told to end, or CANCELLED;"
                      + " absent until over")
          String outcome,
      ProblemView problem) {}
}
