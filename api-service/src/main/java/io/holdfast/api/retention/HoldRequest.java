package io.holdfast.api.retention;

import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What {@code POST /backups/{id}/holds} takes. */
@Schema(name = "HoldRequest")
public record HoldRequest(
    @Schema(required = true, description = "LEGAL: lifted only with a reason; USER") String kind,
    @Schema(required = true, description = "Why, for whoever asks later") String reason,
    @Schema(description = "When it ends by itself; absent: when it is lifted") Instant endsAt) {}
