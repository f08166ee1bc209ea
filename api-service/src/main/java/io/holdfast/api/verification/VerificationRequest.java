package io.holdfast.api.verification;

import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What {@code POST /backups/{id}/verifications} takes. */
@Schema(name = "VerificationRequest")
public record VerificationRequest(
    @Schema(required = true, description = "CHECKSUM, STRUCTURE or RESTORE") String level,
    @Schema(description = "Where the copy to verify lies; absent: the backup's first repository")
        String repository,
    Map<String, String> labels,
    @Schema(description = "ISO-8601 duration after which the job fails") String deadline) {}
