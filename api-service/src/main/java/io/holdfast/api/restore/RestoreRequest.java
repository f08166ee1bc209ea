package io.holdfast.api.restore;

import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What {@code POST /restores} takes. */
@Schema(name = "RestoreRequest")
public record RestoreRequest(
    @Schema(description = "This backup; or latestOf") String backupId,
    @Schema(description = "The newest available backup of this cluster; or backupId")
        String latestOf,
    @Schema(description = "With latestOf: LOGICAL or PHYSICAL; absent: whichever target is given")
        String method,
    @Schema(
            description =
                "Read it from here, and from nowhere else; absent: from its first repository, or from"
                    + " a verified copy when it cannot be had there")
        String repository,
    LogicalTarget logical,
    PhysicalTarget physical,
    @Schema(description = "Prove what would happen and change nothing") Boolean dryRun,
    Map<String, String> labels,
    @Schema(description = "ISO-8601 duration after which the job fails") String deadline) {

  @Schema(name = "LogicalRestoreTarget")
  public record LogicalTarget(
      @Schema(description = "Absent: the cluster that the backup is of") String targetCluster,
      @Schema(description = "Absent: the primary, found when the restore runs") String targetNode,
      @Schema(description = "Databases of the backup; absent: all") List<String> databases,
      @Schema(description = "Name to restore under; needs exactly one entry in databases")
          String targetDatabase,
      List<String> schemas,
      List<String> tables,
      @Schema(description = "ALL (default), SCHEMA_ONLY or DATA_ONLY") String content,
      @Schema(description = "Create missing roles from the backup's globals") Boolean globals,
      @Schema(description = "REFUSE (default) or ADD") String ifNotEmpty,
      Integer jobs) {}

  @Schema(name = "PhysicalRestoreTarget")
  public record PhysicalTarget(
      @Schema(required = true, description = "Absolute directory on a worker's host")
          String directory,
      @Schema(description = "Original location to new absolute directory")
          Map<String, String> tablespaces,
      @Schema(description = "Leave the server running") Boolean start,
      @Schema(description = "Start it, query it, stop it again; true unless said otherwise")
          Boolean check,
      @Schema(description = "For start; absent: any free one") Integer port,
      @Schema(description = "Where recovery ends; absent: at the end of the backup")
          RecoveryRequest recovery) {}
}
