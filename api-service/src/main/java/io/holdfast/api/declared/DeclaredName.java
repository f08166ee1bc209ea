package io.holdfast.api.declared;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.model.ResourceName;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What a declaration is called, in a file as in a path.
 *
 * @param cluster of which it is a part; null when it is not
 * @param repository of which it is a part; null when it is not
 */
@Schema(name = "DeclaredName")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeclaredName(
    @NotNull @Pattern(regexp = ResourceName.PATTERN, message = "must be a resource name")
        String name,
    @Schema(description = "For what belongs to a cluster")
        @Pattern(regexp = ResourceName.PATTERN, message = "must be the name of a cluster")
        String cluster,
    @Schema(description = "For what belongs to a repository")
        @Pattern(regexp = ResourceName.PATTERN, message = "must be the name of a repository")
        String repository) {

  public static DeclaredName of(String name) {
    return new DeclaredName(name, null, null);
  }

  /** For people: {@code 'nightly' of cluster 'orders'}. */
  @Override
  public String toString() {
    String whose =
        cluster != null
            ? " of cluster '" + cluster + "'"
            : repository != null ? " of repository '" + repository + "'" : "";
    return "'" + name + "'" + whose;
  }
}
