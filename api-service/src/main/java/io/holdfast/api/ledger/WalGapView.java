package io.holdfast.api.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** WAL that is missing between what is archived. */
@Schema(name = "WalGap")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WalGapView(
    String id,
    int timeline,
    String fromLsn,
    @Schema(description = "Exclusive") String toLsn,
    long bytes,
    Instant since,
    String acknowledgedBy,
    Instant acknowledgedAt,
    String reason,
    @Schema(description = "The first good backup behind it: what follows can be reached from it")
        String supersededBy,
    @Schema(description = "When the hole was filled; absent: it is open") Instant closedAt) {

  static WalGapView of(WalGapEntity row) {
    return new WalGapView(
        row.id.toString(),
        row.timeline,
        row.hole().from().toString(),
        row.hole().to().toString(),
        row.toLsn - row.fromLsn,
        row.since,
        row.acknowledgedBy,
        row.acknowledgedAt,
        row.reason,
        row.supersededBy == null ? null : row.supersededBy.toString(),
        row.closedAt);
  }
}
