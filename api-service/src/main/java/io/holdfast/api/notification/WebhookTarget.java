package io.holdfast.api.notification;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.model.ResourceName;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A notice as JSON, by POST, signed as Standard Webhooks describes. */
@Schema(name = "WebhookTarget", description = "Exactly one of url and urlRef is present.")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WebhookTarget(
    @Schema(
            description = "Without user and query; shown to everybody who may list targets",
            examples = "https://hooks.example.com/backups")
        @Size(max = 1000)
        String url,
    @Schema(description = "Name of the secret that holds the URL, when the URL itself is one")
        @Pattern(regexp = ResourceName.PATTERN, message = "must be the name of a secret")
        String urlRef,
    @Schema(
            description =
                "Name of the secret that signs; it may hold two lines while it is changed: each"
                    + " signs")
        @NotNull
        @Pattern(regexp = ResourceName.PATTERN, message = "must be the name of a secret")
        String secretRef) {}
