package io.holdfast.api.access;

import io.holdfast.model.ResourceName;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The key that is wanted. */
@Schema(name = "ApiKeyRequest")
public record ApiKeyRequest(
    @Schema(description = "What or who it is for", examples = "nightly pipeline of orders")
        @NotNull
        @Size(min = 1, max = 100)
        String name,
    @Schema(
            description =
                "viewer, operator (back up, verify, check, cancel), restorer (restore) or admin"
                    + " (everything)",
            examples = "operator")
        @NotNull
        @Size(min = 1, max = 4)
        List<
                @NotNull
                @Pattern(
                    regexp = "viewer|operator|restorer|admin",
                    message = "must be viewer, operator, restorer or admin")
                String>
            roles,
    @Schema(description = "The clusters it is for; left out: every cluster")
        @Size(min = 1, max = 500)
        List<
                @NotNull
                @Pattern(regexp = ResourceName.PATTERN, message = "must be the name of a cluster")
                String>
            clusters,
    @Schema(description = "When it stops to work; left out: never") Instant expiresAt) {}
