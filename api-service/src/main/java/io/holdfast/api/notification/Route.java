package io.holdfast.api.notification;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Which notices a target takes: those that meet every member that is present. */
@Schema(
    name = "NotificationRoute",
    description = "Takes a notice that meets every member that is present.")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Route(
    @Schema(
            description =
                "Any of these: JOB_FAILED, RUN_MISSED, COMMAND_FORGED, or a type of a cluster's"
                    + " events such as GAP_FOUND or OBJECTIVE_BREACHED")
        @Size(min = 1, max = 64)
        List<@NotNull @Pattern(regexp = "[A-Z_]{1,40}", message = "must be a kind") String> kinds,
    @Schema(description = "INFO, WARNING or CRITICAL: that and above")
        @Pattern(regexp = "INFO|WARNING|CRITICAL", message = "must be INFO, WARNING or CRITICAL")
        String minSeverity,
    @Schema(description = "Any of these clusters; a star stands for any letters")
        @Size(min = 1, max = 256)
        List<
                @NotNull
                @Pattern(
                    regexp = "[a-z0-9*-]{1,63}",
                    message = "must be the name of a cluster, perhaps with stars")
                String>
            clusters,
    @Schema(description = "All of these labels of the cluster or of the job, with these values")
        @Size(min = 1, max = 32)
        Map<@NotNull @Size(min = 1, max = 63) String, @NotNull @Size(max = 255) String> labels) {

  /** What a target without routes takes. */
  static final Route FROM_WARNING = new Route(null, Severity.WARNING.name(), null, null);

  boolean takes(Notice notice) {
    return (kinds == null || kinds.contains(notice.kind()))
        && (minSeverity == null || notice.severity().compareTo(Severity.valueOf(minSeverity)) >= 0)
        && concerns(clusters, labels, notice.cluster(), notice.labels());
  }

  /**
   * @param names of clusters, perhaps with stars; null: any, and what is about none
   * @param wanted null: any
   */
  static boolean concerns(
      List<String> names, Map<String, String> wanted, String cluster, Map<String, String> has) {
    boolean named =
        names == null || cluster != null && names.stream().anyMatch(name -> matches(name, cluster));
    return named && (wanted == null || has.entrySet().containsAll(wanted.entrySet()));
  }

  /** Every other character of a pattern is a letter, a digit or a hyphen. */
  private static boolean matches(String pattern, String cluster) {
    return cluster.matches(pattern.replace("*", ".*"));
  }
}
