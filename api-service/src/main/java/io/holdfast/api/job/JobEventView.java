package io.holdfast.api.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.model.wire.Wire;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A line of a job's history. */
@Schema(name = "JobEvent")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobEventView(
    @Schema(description = "Position in the job's history, from 1 without gaps") long sequence,
    @Schema(
            description =
                "CREATED, DISPATCHED, ACCEPTED, STARTED, NODE_SELECTED, PROGRESSED, NOTED,"
                    + " CONTENTS_LISTED, SUCCEEDED, FAILED, CANCELLED, RETRYING, CANCEL_REQUESTED or"
                    + " FINISHED; further values may follow. FINISHED is the last that matters.")
        String type,
    int attempt,
    @Schema(description = "Of an attempt that was over: it changed nothing") boolean stale,
    Instant at,
    Instant receivedAt,
    String worker,
    String phase,
    Long bytesDone,
    Long bytesTotal,
    Long ratePerSecond,
    String code,
    String message,
    String hint,
    String outcome,
    NodeDecisionView selection) {

  /** A stretch of history. */
  @Schema(name = "JobEventList")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Page(
      List<JobEventView> items,
      @Schema(description = "Give it as ?after= to read on") long lastSequence,
      @Schema(description = "Whether the job has finished and all of its history is listed")
          boolean complete) {}

  static JobEventView of(JobEventEntity row) {
    EventBody body = Wire.read(row.body, EventBody.class);
    return new JobEventView(
        row.key.sequence(),
        row.type,
        row.attempt,
        row.stale,
        row.at,
        row.receivedAt,
        row.worker,
        body.phase(),
        body.bytesDone(),
        body.bytesTotal(),
        body.ratePerSecond(),
        body.code(),
        body.message(),
        body.hint(),
        body.outcome(),
        NodeDecisionView.of(body.selection()));
  }
}
