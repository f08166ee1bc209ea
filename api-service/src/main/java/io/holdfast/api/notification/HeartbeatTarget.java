package io.holdfast.api.notification;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.model.ResourceName;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A dead-man switch: asked for by GET while all is well, so that silence is the alarm. */
@Schema(name = "HeartbeatTarget", description = "Exactly one of url and urlRef is present.")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HeartbeatTarget(
    @Schema(description = "Without user and query; shown to everybody who may list targets")
        @Size(max = 1000)
        String url,
    @Schema(description = "Name of the secret that holds the URL, when the URL itself is one")
        @Pattern(regexp = ResourceName.PATTERN, message = "must be the name of a secret")
        String urlRef,
    @Schema(description = "PT10S to P1D; default PT1M") Duration interval,
    @Schema(description = "Whose recovery points must be met; a star stands for any letters")
        @Size(min = 1, max = 256)
        List<
                @NotNull
                @Pattern(
                    regexp = "[a-z0-9*-]{1,63}",
                    message = "must be the name of a cluster, perhaps with stars")
                String>
            clusters,
    @Schema(description = "Of these clusters, those with all of these labels")
        @Size(min = 1, max = 32)
        Map<@NotNull @Size(min = 1, max = 63) String, @NotNull @Size(max = 255) String> labels) {
  static final Duration SHORTEST = Duration.ofSeconds(10);
  static final Duration LONGEST = Duration.ofDays(1);

  Duration intervalOrDefault() {
    return interval == null ? Duration.ofMinutes(1) : interval;
  }
}
