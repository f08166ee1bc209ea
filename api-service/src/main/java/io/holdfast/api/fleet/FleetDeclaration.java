package io.holdfast.api.fleet;

import io.holdfast.api.declared.DeclaredName;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One document of a file: what is declared, and the body that its PUT would take. */
@Schema(name = "FleetDeclaration")
public record FleetDeclaration(
    @Schema(description = "Always holdfast/v1", examples = API_VERSION)
        @NotNull
        @Pattern(regexp = API_VERSION, message = "must be " + API_VERSION)
        String apiVersion,
    @Schema(
            description = "Repository, Cluster, Schedule or NotificationTarget; more may follow",
            examples = "Cluster")
        @NotNull
        String kind,
    @NotNull @Valid DeclaredName metadata,
    @Schema(description = "As the body of the PUT for this kind") @NotNull
        Map<String, Object> spec) {
  public static final String API_VERSION = "holdfast/v1";

  /** Several of them. */
  @Schema(name = "Fleet")
  public record Listing(List<FleetDeclaration> items) {}
}
