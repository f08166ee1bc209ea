package io.holdfast.api.repository;

import io.holdfast.model.ResourceName;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The declaration of a repository. */
@Schema(description = "Where backups live. Exactly the member that type names is present.")
public record RepositoryRequest(
    @Schema(description = "S3 or FILESYSTEM", examples = "S3")
        @NotNull
        @Pattern(regexp = "S3|FILESYSTEM", message = "must be S3 or FILESYSTEM")
        String type,
    @Schema(description = "Whose workers probe it; default 'default'")
        @Pattern(regexp = ResourceName.PATTERN, message = "must be the name of a worker pool")
        String pool,
    @Valid S3Location s3,
    @Valid FilesystemLocation filesystem,
    @Schema(
            description =
                "How much may lie there, WAL included, such as the quota of a bucket; an alarm"
                    + " comes before it is reached. Absent: nobody knows",
            examples = "1099511627776")
        @Min(1)
        Long capacityBytes) {}
