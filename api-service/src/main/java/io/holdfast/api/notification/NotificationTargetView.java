package io.holdfast.api.notification;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.api.declared.PlanView;
import io.holdfast.api.job.ProblemView;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A target as declared, and how it was found. */
@Schema(name = "NotificationTarget")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NotificationTargetView(
    String name,
    @Schema(description = "WEBHOOK, MAIL, CHAT or HEARTBEAT") String type,
    WebhookTarget webhook,
    MailTarget mail,
    ChatTarget chat,
    HeartbeatTarget heartbeat,
    List<Route> routes,
    Standing standing,
    @Schema(description = "Of the declaration; the ETag is this number in quotes") long version,
    Instant createdAt,
    Instant updatedAt,
    @Schema(description = "Id of the key that last changed the declaration") String updatedBy,
    @Schema(description = "Only in the answer to a dry run") PlanView plan) {

  /** How it was found when it was last sent to. */
  @Schema(name = "NotificationStanding")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Standing(
      @Schema(
              description =
                  "UNKNOWN before the first message, WORKING, FAILING, or WITHHELD: a heartbeat"
                      + " that is not sent because not all is well; more may follow")
          String state,
      Instant lastAttemptAt,
      Instant lastSuccessAt,
      @Schema(description = "In a row, since the last success") int failures,
      @Schema(description = "Of the last attempt, when it failed") ProblemView problem,
      @Schema(description = "Why a heartbeat is not sent") String withheldBecause,
      @Schema(description = "Messages that wait") long pending) {}

  /** A page. */
  @Schema(name = "NotificationTargetPage")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Page(
      List<NotificationTargetView> items,
      @Schema(description = "Absent on the last page") String nextCursor) {}
}
