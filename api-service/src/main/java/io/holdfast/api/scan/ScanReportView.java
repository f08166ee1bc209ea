package io.holdfast.api.scan;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.api.cluster.ClusterRequest;
import io.holdfast.api.job.ProblemView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a scan found. */
@Schema(name = "ScanReport")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ScanReportView(
    String jobId,
    String repository,
    @Schema(description = "RUNNING, SUCCEEDED or FAILED; further values may follow") String state,
    Instant askedAt,
    Instant listedAt,
    Instant finishedAt,
    Long objects,
    Long bytes,
    @Schema(description = "Backups and copies whose manifests were read") Integer backups,
    @Schema(
            description =
                "How many findings of each kind: ADDED (the catalog did not know it), MISSING (the"
                    + " catalog has it, the repository does not), CHANGED, UNREADABLE, ORPHAN")
        Map<String, Long> counts,
    @Schema(description = "The first 1000; absent in a list") List<FindingView> findings,
    @Schema(description = "Absent in a list") List<ArchiveView> archives,
    @Schema(description = "Clusters that left a declaration there; absent in a list")
        List<DeclaredView> clusters,
    ProblemView problem) {

  /** The newest scans of a repository. */
  @Schema(name = "ScanReportList")
  public record Listing(List<ScanReportView> items) {}

  @Schema(name = "ScanFinding")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record FindingView(
      String kind,
      String cluster,
      String backupId,
      @Schema(description = "Of the object, or the folder of several") String key,
      Long objects,
      Long bytes,
      String detail) {}

  @Schema(name = "ScannedArchive")
  public record ArchiveView(
      String cluster, String systemIdentifier, long segments, long bytes, List<RangeView> ranges) {}

  @Schema(name = "ScannedRange")
  public record RangeView(int timeline, String first, String last) {}

  @Schema(name = "ScannedCluster")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record DeclaredView(
      String name,
      @Schema(description = "Whether the catalog has a cluster of this name") boolean known,
      @Schema(description = "As it was declared last; PUT it when you trust the repository")
          ClusterRequest declaration) {}
}
