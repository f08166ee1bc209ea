package io.holdfast.api.access;

import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A key as it can be shown. */
@Schema(name = "ApiKey")
public record ApiKeyView(
    String id,
    String name,
    @Schema(description = "viewer, operator, restorer, admin; more may follow") List<String> roles,
    @Schema(description = "Absent: every cluster") List<String> clusters,
    Instant createdAt,
    @Schema(description = "Id of the key that made it") String createdBy,
    Instant expiresAt,
    Instant revokedAt,
    String revokedBy,
    @Schema(description = "To the minute") Instant lastUsedAt,
    @Schema(description = "The key itself: in the answer that creates it, and never again")
        String key) {

  static ApiKeyView of(ApiKeyEntity row, String key) {
    return new ApiKeyView(
        row.id,
        row.name,
        List.of(row.roles),
        row.clusters == null ? null : List.of(row.clusters),
        row.createdAt,
        row.createdBy,
        row.expiresAt,
        row.revokedAt,
        row.revokedBy,
        row.lastUsedAt,
        key);
  }

  /** A page. */
  @Schema(name = "ApiKeyPage")
  public record Page(
      List<ApiKeyView> items, @Schema(description = "Absent on the last page") String nextCursor) {}
}
