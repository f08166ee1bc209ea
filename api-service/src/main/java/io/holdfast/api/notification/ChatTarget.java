package io.holdfast.api.notification;

import io.holdfast.model.ResourceName;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A message to a room. */
@Schema(
    name = "ChatTarget",
    description = "An incoming webhook that takes {\"text\": ...}: Slack, Mattermost, Rocket.Chat.")
public record ChatTarget(
    @Schema(description = "Name of the secret that holds the room's incoming webhook URL")
        @NotNull
        @Pattern(regexp = ResourceName.PATTERN, message = "must be the name of a secret")
        String urlRef) {}
