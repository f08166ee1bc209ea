package io.holdfast.api.copy;

import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What {@code POST /backups/{id}/copies} takes. */
@Schema(name = "CopyRequest")
public record CopyRequest(
    @Schema(required = true, description = "Name of the repository to copy to") String repository,
    @Schema(description = "S3 only; absent: as the cluster declares for it") String storageClass,
    Map<String, String> labels,
    @Schema(description = "ISO-8601 duration after which the job fails") String deadline) {}
