package io.holdfast.api.cluster;

import io.holdfast.model.ResourceName;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One member of a cluster. */
@Schema(name = "Node")
public record NodeAddress(
    @NotNull @Pattern(regexp = ResourceName.PATTERN, message = "must be a resource name")
        String name,
    @Schema(description = "Host name or IP address", examples = "10.0.0.1")
        @NotNull
        @Pattern(
            regexp = "[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|[0-9a-fA-F:.]{2,45}",
            message = "must be a host name or an IP address")
        String host,
    @Schema(description = "Default 5432") @Min(1) @Max(65535) Integer port) {}
