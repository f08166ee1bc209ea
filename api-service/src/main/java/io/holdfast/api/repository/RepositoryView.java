package io.holdfast.api.repository;

import io.holdfast.api.declared.PlanView;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A repository as declared and as probed. */
@Schema(name = "Repository")
public record RepositoryView(
    String name,
    @Schema(description = "S3 or FILESYSTEM") String type,
    String pool,
    S3Location s3,
    FilesystemLocation filesystem,
    @Schema(description = "How much may lie there; absent: nobody knows") Long capacityBytes,
    @Schema(description = "What the last successful probe found; absent until then")
        CapabilitiesView capabilities,
    ProbeView probe,
    @Schema(description = "Of the declaration; the ETag is this number in quotes") long version,
    Instant createdAt,
    Instant updatedAt,
    @Schema(description = "Id of the key that last changed the declaration") String updatedBy,
    @Schema(description = "Only in the answer to a dry run") PlanView plan) {

  /** What the last probe led to. */
  @Schema(name = "Probe", description = "The last probe of a repository by a worker")
  public record ProbeView(
      @Schema(
              description = "PENDING, PASSED, FAILED, or UNKNOWN before the first; more may follow",
              examples = "PASSED")
          String state,
      String jobId,
      Instant at,
      List<FindingView> findings) {}

  /** One thing that was looked at. */
  @Schema(name = "Finding")
  public record FindingView(
      String check,
      @Schema(description = "OK, WARNING or FAILED; more may follow") String outcome,
      String sentence,
      String hint) {}

  /** What the store was seen to do. */
  @Schema(name = "Capabilities")
  public record CapabilitiesView(
      boolean writable,
      boolean conditionalPut,
      boolean multipartAbort,
      boolean listAfterWrite,
      @Schema(description = "Whether objects can be locked; absent when it was not to be seen")
          Boolean objectLock,
      @Schema(description = "Whether the keys may remove objects") Boolean deletes,
      @Schema(
              description =
                  "When the certificate expires that the store showed, or the first to expire"
                      + " between it and its authority; absent without TLS")
          Instant certificateExpiresAt) {}

  /** A page. */
  @Schema(name = "RepositoryPage")
  public record Page(
      List<RepositoryView> items,
      @Schema(description = "Absent on the last page") String nextCursor) {}
}
