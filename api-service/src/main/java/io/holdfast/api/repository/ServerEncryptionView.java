package io.holdfast.api.repository;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What the store is asked to encrypt with, beside what the worker encrypts. */
@Schema(name = "ServerEncryption")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ServerEncryptionView(
    @Schema(
            description =
                "S3: the store's own keys (SSE-S3); KMS: those of its key service (SSE-KMS)")
        @NotNull
        @Pattern(regexp = "S3|KMS", message = "must be S3 or KMS")
        String mode,
    @Schema(description = "KMS only; default the bucket's")
        @Pattern(
            regexp = "[A-Za-z0-9:/_+=,.@-]{1,512}",
            message = "must be the id, ARN or alias of a key")
        String keyId) {}
