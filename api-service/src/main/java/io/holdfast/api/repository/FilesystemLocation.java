package io.holdfast.api.repository;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A directory on every worker of the pool. */
@Schema(description = "A directory on every worker of the pool, below a root the worker allows.")
public record FilesystemLocation(
    @Schema(description = "Absolute", examples = "/var/lib/holdfast/repositories/main")
        @NotNull
        @Size(max = 500)
        String path) {}
