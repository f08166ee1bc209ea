package io.holdfast.api.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.repository.Capabilities;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a job left behind: one shape for every kind, with the fields that apply. */
@Schema(name = "JobResult")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobResultView(
    String backupId,
    @Schema(description = "AVAILABLE or SUSPECT; further values may follow") String backupState,
    String suspectReason,
    String node,
    Long plainBytes,
    Long storedBytes,
    Double durationSeconds,
    String level,
    Long bytesRead,
    Boolean dryRun,
    List<String> steps,
    Map<String, String> details,
    List<FindingView> findings,
    CapabilitiesView capabilities) {

  @Schema(name = "Finding")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record FindingView(
      String check,
      @Schema(description = "OK, WARNING or FAILED; further values may follow") String outcome,
      String sentence,
      String hint) {}

  @Schema(name = "RepositoryCapabilities")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record CapabilitiesView(
      boolean writable,
      boolean conditionalPut,
      boolean multipartAbort,
      boolean listAfterWrite,
      Boolean objectLock) {}

  public static JobResultView of(JobResult result) {
    return switch (result) {
      case JobResult.BackedUp backedUp -> backedUp(backedUp);
      case JobResult.Restored r ->
          new JobResultView(
              r.backupId().value(),
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              r.dryRun(),
              r.steps(),
              r.details(),
              null,
              null);
      case JobResult.Verified v ->
          new JobResultView(
              v.backupId().value(),
              null,
              null,
              null,
              null,
              null,
              null,
              v.level().name(),
              v.bytesRead(),
              null,
              null,
              null,
              findings(v.findings()),
              null);
      case JobResult.Checked c ->
          new JobResultView(
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              findings(c.findings()),
              null);
      case JobResult.Probed p ->
          new JobResultView(
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              findings(p.findings()),
              capabilities(p.capabilities()));
      case JobResult.RestorePointCreated r ->
          new JobResultView(
              null,
              null,
              null,
              r.node(),
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              Map.of(
                  "name", r.name(),
                  "timeline", Integer.toString(r.timeline()),
                  "lsn", r.lsn().toString(),
                  "at", r.at().toString()),
              null,
              null);
      case JobResult.Drilled d ->
          new JobResultView(
              d.backupId().value(),
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              d.details(),
              findings(d.findings()),
              null);
    };
  }

  public static List<FindingView> findings(List<JobResult.Finding> findings) {
    return findings == null
        ? List.of()
        : findings.stream()
            .map(f -> new FindingView(f.check(), f.outcome(), f.sentence(), f.hint()))
            .toList();
  }

  private static JobResultView backedUp(JobResult.BackedUp result) {
    Manifest manifest = result.manifest();
    return new JobResultView(
        manifest.backupId().value(),
        result.suspectBecause() == null ? "AVAILABLE" : "SUSPECT",
        result.suspectBecause(),
        manifest.source() == null ? null : manifest.source().node(),
        manifest.plainBytes(),
        manifest.storedBytes(),
        manifest.durationSeconds(),
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private static CapabilitiesView capabilities(Capabilities c) {
    return c == null
        ? null
        : new CapabilitiesView(
            c.writable(),
            c.conditionalPut(),
            c.multipartAbort(),
            c.listAfterWrite(),
            c.objectLock());
  }
}
