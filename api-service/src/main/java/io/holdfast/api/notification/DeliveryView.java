package io.holdfast.api.notification;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.api.job.ProblemView;
import io.holdfast.model.Problem;
import io.holdfast.model.wire.Wire;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A notice on its way to a target, and what became of it. */
@Schema(name = "NotificationDelivery")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeliveryView(
    @Schema(description = "What the header webhook-id and a mail's message id carry") String id,
    String target,
    @Schema(description = "Of what happened; the same for every target and in a redelivery")
        String noticeId,
    String kind,
    @Schema(description = "INFO, WARNING or CRITICAL") String severity,
    String cluster,
    String title,
    String detail,
    @Schema(description = "PENDING, DELIVERED or FAILED: given up; more may follow") String state,
    boolean done,
    int attempts,
    Instant createdAt,
    Instant nextAttemptAt,
    Instant finishedAt,
    @Schema(description = "What the other side said to it, such as HTTP 204") String answer,
    @Schema(description = "Of the last attempt, when it failed") ProblemView problem,
    @Schema(description = "Id of the delivery that this one repeats") String redeliveryOf) {

  static DeliveryView of(DeliveryEntity row) {
    Notice notice = Wire.read(row.notice, Notice.class);
    return new DeliveryView(
        row.id.toString(),
        row.target,
        row.noticeId.toString(),
        row.kind,
        row.severity,
        row.cluster,
        notice.title(),
        notice.detail(),
        row.state,
        !row.state.equals(DeliveryEntity.PENDING),
        row.attempts,
        row.createdAt,
        row.nextAt,
        row.finishedAt,
        row.answer,
        row.problem == null ? null : ProblemView.of(Wire.read(row.problem, Problem.class)),
        row.redeliveryOf == null ? null : row.redeliveryOf.toString());
  }

  /** A page, newest first. */
  @Schema(name = "NotificationDeliveryPage")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Page(
      List<DeliveryView> items,
      @Schema(description = "Absent on the last page") String nextCursor) {}
}
