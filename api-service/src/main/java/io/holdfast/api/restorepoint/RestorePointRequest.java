package io.holdfast.api.restorepoint;

import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What {@code POST /clusters/{name}/restore-points} takes. */
@Schema(name = "RestorePointRequest")
public record RestorePointRequest(
    @Schema(
            required = true,
            description = "1 to 63 bytes without control characters; new for the cluster")
        String name,
    Map<String, String> labels,
    @Schema(description = "ISO-8601 duration after which the job fails") String deadline) {}
