package io.holdfast.api.cluster;

import io.holdfast.model.ResourceName;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The declaration of a cluster. */
@Schema(description = "A replication group. Secrets are named, never given.")
public record ClusterRequest(
    @Schema(description = "The workers next to it; default 'default'")
        @Pattern(regexp = ResourceName.PATTERN, message = "must be the name of a worker pool")
        String pool,
    @NotNull @Size(min = 1, max = 32) List<@NotNull @Valid NodeAddress> nodes,
    @Schema(description = "Name of the repository that its backups go to")
        @NotNull
        @Pattern(regexp = ResourceName.PATTERN, message = "must be the name of a repository")
        String repository,
    @Schema(description = "Name of the login in the worker's credentials file; never a password")
        @NotNull
        @Pattern(regexp = ResourceName.PATTERN, message = "must be the name of a secret")
        String credentialsRef,
    @Schema(description = "disable, prefer (default), require, verify-ca or verify-full")
        @Pattern(
            regexp = "disable|prefer|require|verify-ca|verify-full",
            message = "must be disable, prefer, require, verify-ca or verify-full")
        String sslMode,
    @Schema(description = "Where to connect for questions about the cluster; default postgres")
        @Size(min = 1, max = 63)
        String maintenanceDatabase,
    @Valid StandbyPolicyView standbyPolicy,
    @Schema(description = "How its WAL is archived; absent: it is not") @Valid ArchiveView archive,
    @Schema(
            description =
                "How much may be lost while its WAL is not archived, PT1M to P366D; default PT26H."
                    + " With an archive, that one's holds")
        Duration recoveryPointObjective,
    @Schema(description = "How its backups and WAL are encrypted; absent: they are not") @Valid
        EncryptionView encryption,
    @Schema(description = "How long backups and WAL are kept; absent: the defaults hold") @Valid
        RetentionView retention,
    @Schema(description = "At most 8 further repositories; absent: none") @Size(max = 8)
        List<@NotNull @Valid ClusterCopy> copies,
    @Schema(description = "Jobs at once; default as the service is configured") @Min(1) @Max(64)
        Integer maxRunningJobs,
    @Schema(
            description =
                "Pins the system identifier. Left out, the one seen first stays pinned. Give the"
                    + " new one after the cluster was rebuilt.")
        @Pattern(regexp = "[0-9]{1,20}", message = "must be a decimal system identifier")
        String expectedSystemIdentifier,
    @Schema(description = "At most 32, for people and filters") @Size(max = 32)
        Map<
                @Pattern(
                    regexp = "[A-Za-z0-9._/-]{1,63}",
                    message = "must be 1 to 63 plain letters")
                String,
                @NotNull @Size(max = 255) String>
            labels) {}
