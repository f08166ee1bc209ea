package io.holdfast.api.retention;

import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What {@code POST /clusters/{name}/expirations} takes. */
@Schema(name = "ExpirationRequest")
public record ExpirationRequest(
    @Schema(description = "Where; default the cluster's own") String repository,
    @Schema(description = "Find out what would go, and change nothing; default false")
        Boolean dryRun,
    @Schema(description = "The digest of the plan, for one that asks first") String confirm,
    @Schema(
            description =
                "Whose workers remove it, where the others' keys may not; default the cluster's")
        String pool,
    Map<String, String> labels,
    @Schema(description = "ISO-8601 duration after which the job fails") String deadline) {}
