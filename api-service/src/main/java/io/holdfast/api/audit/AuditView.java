package io.holdfast.api.audit;

import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One row. */
@Schema(name = "AuditRow")
public record AuditView(
    long id,
    @Schema(
            description =
                "CHANGE: written in the transaction of the change. ACCESS: an answered request."
                    + " ALARM: what a worker refused because this service did not sign it, and"
                    + " scheduled runs that were missed. More may follow")
        String kind,
    Instant at,
    @Schema(description = "Absent when the caller could not be identified") String keyId,
    String method,
    @Schema(description = "As in this document; absent when no operation was reached")
        String operation,
    @Schema(description = "The path, without its query") String target,
    @Schema(description = "HTTP status; absent in a CHANGE, which is written before the answer")
        Integer status,
    @Schema(description = "As in X-Request-Id and in problem documents") String traceId) {

  static AuditView of(AuditEntity row) {
    return new AuditView(
        row.id,
        row.kind,
        row.at,
        row.keyId,
        row.method,
        row.operation,
        row.target,
        row.status,
        row.traceId);
  }

  /** A page, newest first. */
  @Schema(name = "AuditPage")
  public record Page(
      List<AuditView> items, @Schema(description = "Absent on the last page") String nextCursor) {}
}
