package io.holdfast.api.rotation;

import io.holdfast.model.ResourceName;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Where data keys are wrapped anew. */
@Schema(name = "KeyRotationRequest")
public record KeyRotationRequest(
    @Schema(description = "Name of a repository; default: the cluster's own. Copies have theirs")
        @Pattern(regexp = ResourceName.PATTERN, message = "must be the name of a repository")
        String repository) {}
