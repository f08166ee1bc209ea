package io.holdfast.api.notification;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.model.ResourceName;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A mail as plain text. */
@Schema(name = "MailTarget")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MailTarget(
    @Schema(description = "The mail server", examples = "smtp.example.com")
        @NotNull
        @Pattern(
            regexp = "[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?",
            message = "must be the name of a host")
        String host,
    @Schema(description = "Default 587, with TLS 465, with NONE 25") @Min(1) @Max(65535)
        Integer port,
    @Schema(
            description =
                "STARTTLS (default: refused by a server that has none), TLS from the first byte, or"
                    + " NONE, which needs an allowed destination and no login")
        @Pattern(regexp = "STARTTLS|TLS|NONE", message = "must be STARTTLS, TLS or NONE")
        String security,
    @Schema(description = "Absent: without a login") @Size(min = 1, max = 255) String username,
    @Schema(description = "Name of the secret that holds the password")
        @Pattern(regexp = ResourceName.PATTERN, message = "must be the name of a secret")
        String passwordRef,
    @NotNull @Pattern(regexp = MailTarget.ADDRESS, message = "must be a mail address") String from,
    @NotNull @Size(min = 1, max = 20)
        List<
                @NotNull @Pattern(regexp = MailTarget.ADDRESS, message = "must be a mail address")
                String>
            to) {
  /** Plain ones: nothing that could be a header, a list or a comment. */
  static final String ADDRESS =
      "[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,180}[A-Za-z0-9])?";

  String securityOrDefault() {
    return security == null ? "STARTTLS" : security;
  }

  int portOrDefault() {
    if (port != null) {
      return port;
    }
    return switch (securityOrDefault()) {
      case "TLS" -> 465;
      case "NONE" -> 25;
      default -> 587;
    };
  }
}
