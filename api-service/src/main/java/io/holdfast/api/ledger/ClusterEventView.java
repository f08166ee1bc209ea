package io.holdfast.api.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Something that changed about a cluster. */
@Schema(name = "ClusterEvent")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ClusterEventView(
    long id,
    @Schema(
            description =
                "GAP_FOUND, GAP_CLOSED, GAP_SUPERSEDED, ARCHIVE_STALLED, ARCHIVE_RESUMED,"
                    + " OBJECTIVE_BREACHED, OBJECTIVE_MET, SLOT_HALF_FULL, SLOT_NEARLY_FULL,"
                    + " SLOT_RELIEVED, SLOT_LOST, ARCHIVE_UNOBSERVED, ARCHIVE_OBSERVED,"
                    + " WAL_REFUSED or RUN_MISSED; further values may follow")
        String type,
    @Schema(
            description =
                "With WAL_REFUSED: SPLIT_BRAIN, FOREIGN_CLUSTER, ...; with RUN_MISSED: LATE,"
                    + " REFUSED, ...")
        String code,
    Instant at,
    String message,
    @Schema(description = "The values in the message") Map<String, String> details) {

  /** A page, newest first. */
  @Schema(name = "ClusterEventPage")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Page(
      List<ClusterEventView> items,
      @Schema(description = "Absent on the last page") String nextCursor) {}
}
