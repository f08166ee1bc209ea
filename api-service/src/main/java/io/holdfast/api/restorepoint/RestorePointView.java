package io.holdfast.api.restorepoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A named point in the WAL of a cluster. */
@Schema(name = "RestorePoint")
public record RestorePointView(
    String name,
    String jobId,
    @Schema(description = "The primary that wrote it") String node,
    int timeline,
    @Schema(description = "The end of its record", examples = "0/3000148") String lsn,
    Instant at) {

  /** A page, newest first. */
  @Schema(name = "RestorePointPage")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Page(
      List<RestorePointView> items,
      @Schema(description = "Absent on the last page") String nextCursor) {}
}
