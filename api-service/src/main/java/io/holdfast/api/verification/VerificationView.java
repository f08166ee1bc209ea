package io.holdfast.api.verification;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.api.job.JobResultView;
import io.holdfast.api.job.ProblemView;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One verification that has ended. */
@Schema(name = "Verification")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VerificationView(
    String jobId,
    String backupId,
    @Schema(description = "Where it was read") String repository,
    @Schema(description = "CHECKSUM, STRUCTURE or RESTORE; further values may follow") String level,
    @Schema(description = "PASSED or FAILED; further values may follow") String outcome,
    Instant at,
    Long bytesRead,
    List<JobResultView.FindingView> findings,
    ProblemView problem) {

  /** The verifications of a backup, newest first. */
  @Schema(name = "VerificationList")
  public record Listing(List<VerificationView> items) {}
}
