package io.holdfast.api.notification;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The declaration of a target; what the catalog keeps of it, too. */
@Schema(
    description =
        "Where notices go. Exactly the member that type names is present. Secrets are named, never"
            + " given.")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NotificationTargetRequest(
    @Schema(description = "WEBHOOK, MAIL, CHAT or HEARTBEAT", examples = "WEBHOOK")
        @NotNull
        @Pattern(
            regexp = "WEBHOOK|MAIL|CHAT|HEARTBEAT",
            message = "must be WEBHOOK, MAIL, CHAT or HEARTBEAT")
        String type,
    @Valid WebhookTarget webhook,
    @Valid MailTarget mail,
    @Valid ChatTarget chat,
    @Valid HeartbeatTarget heartbeat,
    @Schema(
            description =
                "A notice goes there when one of these takes it; absent: from WARNING on. A"
                    + " heartbeat has none")
        @Size(min = 1, max = 32)
        List<@NotNull @Valid Route> routes) {

  boolean takes(Notice notice) {
    return heartbeat == null
        && (routes == null
            ? Route.FROM_WARNING.takes(notice)
            : routes.stream().anyMatch(route -> route.takes(notice)));
  }
}
