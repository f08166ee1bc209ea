package io.holdfast.api.retention;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What keeps a backup whatever the policy says; also once it has ended. */
@Schema(name = "Hold")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HoldView(
    String id,
    String backupId,
    @Schema(description = "LEGAL or USER; further values may follow") String kind,
    String reason,
    @Schema(description = "Whether it keeps the backup now") boolean standing,
    Instant endsAt,
    Instant createdAt,
    @Schema(description = "Id of the key") String createdBy,
    Instant liftedAt,
    String liftedBy,
    String liftReason) {

  /** The holds of a backup, newest first. */
  @Schema(name = "HoldList")
  public record Listing(List<HoldView> items) {}
}
