package io.holdfast.api.repository;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How the store keeps objects from being removed. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "ObjectLock", description = "Needs a bucket that was created with object lock")
public record ObjectLockView(
    @Schema(
            description =
                "GOVERNANCE: identities with a right of their own may lift it. COMPLIANCE: nobody",
            examples = "GOVERNANCE")
        @NotNull
        @Pattern(regexp = "GOVERNANCE|COMPLIANCE", message = "must be GOVERNANCE or COMPLIANCE")
        String mode,
    @Schema(
            description =
                "From the writing of each object on, ISO 8601, at most P3660D. Absent: as long as the"
                    + " retention of the cluster whose objects are written keeps all of them: the"
                    + " longer of its days and its walWindow, and the grace",
            examples = "P30D")
        Duration retainFor) {}
