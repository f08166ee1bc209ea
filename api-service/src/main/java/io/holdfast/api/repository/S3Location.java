package io.holdfast.api.repository;

import io.holdfast.model.ResourceName;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A place in a bucket of any S3 server. */
@Schema(description = "A place in a bucket of any S3 server.")
public record S3Location(
    @Schema(description = "http(s)://host[:port]", examples = "https://minio.internal:9000")
        @NotNull
        @Size(max = 300)
        String endpoint,
    @Schema(description = "Default us-east-1")
        @Pattern(regexp = "[a-z0-9-]{1,63}", message = "must be 1 to 63 of a-z, 0-9 and -")
        String region,
    @NotNull
        @Pattern(
            regexp = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
            message = "must be 3 to 63 of a-z, 0-9, dots and inner hyphens")
        String bucket,
    @Schema(description = "Key prefix, without slash at either end; default none") @Size(max = 500)
        String prefix,
    @Schema(description = "Name of the keys in the worker's credentials file; never the keys")
        @NotNull
        @Pattern(regexp = ResourceName.PATTERN, message = "must be the name of a secret")
        String credentialsRef,
    @Schema(description = "Locks every object from its writing on; default: none is locked") @Valid
        ObjectLockView objectLock,
    @Schema(description = "Asked of the store for every object; default as the bucket is set up")
        @Valid
        ServerEncryptionView serverEncryption) {}
