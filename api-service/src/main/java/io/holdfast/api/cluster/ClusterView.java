package io.holdfast.api.cluster;

import io.holdfast.api.declared.PlanView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A cluster as declared. */
@Schema(name = "Cluster")
public record ClusterView(
    String name,
    String pool,
    List<NodeAddress> nodes,
    String repository,
    String credentialsRef,
    String sslMode,
    String maintenanceDatabase,
    StandbyPolicyView standbyPolicy,
    @Schema(description = "How its WAL is archived; absent: it is not") ArchiveView archive,
    @Schema(description = "While its WAL is not archived; absent: PT26H")
        Duration recoveryPointObjective,
    @Schema(description = "How its backups and WAL are encrypted; absent: they are not")
        EncryptionView encryption,
    @Schema(description = "How long backups and WAL are kept; absent: the defaults hold")
        RetentionView retention,
    @Schema(description = "Further repositories; how far they are is in /clusters/{name}/copies")
        List<ClusterCopy> copies,
    Integer maxRunningJobs,
    @Schema(description = "Pinned when first seen; a node with another one is never read")
        String systemIdentifier,
    Map<String, String> labels,
    @Schema(description = "Of the declaration; the ETag is this number in quotes") long version,
    Instant createdAt,
    Instant updatedAt,
    @Schema(description = "Id of the key that last changed the declaration") String updatedBy,
    @Schema(description = "Only in the answer to a dry run") PlanView plan) {

  /** A page. */
  @Schema(name = "ClusterPage")
  public record Page(
      List<ClusterView> items,
      @Schema(description = "Absent on the last page") String nextCursor) {}
}
