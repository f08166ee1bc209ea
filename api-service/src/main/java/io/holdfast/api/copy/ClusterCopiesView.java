package io.holdfast.api.copy;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.api.job.ProblemView;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How far a cluster's copies are. */
@Schema(name = "ClusterCopies")
public record ClusterCopiesView(String cluster, List<PlaceView> items) {

  /** In one repository. */
  @Schema(name = "ClusterCopyStanding")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record PlaceView(
      String repository,
      String storageClass,
      BackupsView backups,
      @Schema(description = "Absent while the cluster's WAL is not archived") WalView wal) {}

  @Schema(name = "ClusterCopyBackups")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record BackupsView(
      @Schema(description = "Available backups that lie there") long copied,
      @Schema(description = "Available backups that do not") long waiting,
      @Schema(description = "Newer than the newest that lies there: their stored bytes")
          long lagBytes,
      @Schema(description = "Since the oldest of these was finished; 0 when there is none")
          double lagSeconds,
      @Schema(description = "The newest available backup that lies there") String newest,
      @Schema(description = "Copies that failed and are tried again") long failed) {}

  @Schema(name = "ClusterCopyWal")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record WalView(
      @Schema(description = "All that was archived by then lies there; absent: nothing does")
          Instant copiedAt,
      @Schema(description = "Up to here at the least", examples = "0/3000000") String copiedTo,
      @Schema(description = "Archived and not copied; absent while nobody knows") Long lagBytes,
      @Schema(
              description =
                  "For how long something has waited; 0 when nothing does; absent while nobody knows")
          Double lagSeconds,
      String jobId,
      ProblemView problem) {}
}
