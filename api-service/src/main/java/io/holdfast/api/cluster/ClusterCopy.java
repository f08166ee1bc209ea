package io.holdfast.api.cluster;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.model.ResourceName;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A further repository in which a cluster's backups and WAL are to lie. */
@Schema(name = "ClusterCopy")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ClusterCopy(
    @Schema(description = "Name of a repository that is not the cluster's own")
        @NotNull
        @Pattern(regexp = ResourceName.PATTERN, message = "must be the name of a repository")
        String repository,
    @Schema(
            description =
                "S3 only: the storage class of the backups' objects, such as STANDARD_IA or"
                    + " GLACIER_IR; manifests and WAL stay in the store's own. A copy in GLACIER or"
                    + " DEEP_ARCHIVE cannot be read back, and is not fallen back to")
        @Pattern(regexp = "[A-Z][A-Z0-9_]{0,31}", message = "must be a storage class of S3")
        String storageClass,
    @Schema(
            description =
                "How long what lies there is kept, judged by what lies there alone; what is left out"
                    + " takes its default; absent: as the cluster's own policy says")
        @Valid
        RetentionView retention) {}
