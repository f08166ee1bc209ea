package io.holdfast.api.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.model.BackupId;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.repository.Capabilities;
import java.time.Duration;
import java.time.Instant;
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
    @Schema(description = "The backup that an incremental one builds on") String parent,
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
    CapabilitiesView capabilities,
    CreatedPointView restorePoint,
    @Schema(description = "Of a drill: from the begin of the restore to a server that answered")
        Double recoverySeconds,
    @Schema(description = "Of a drill to a moment: how far before it the last commit lay")
        Double lossSeconds,
    @Schema(description = "Of a copy, of a backup or of WAL") CopyView copy,
    @Schema(description = "Of a scan; what it found is in its report") ScanView scan,
    ExpiredView expired,
    HeldView held) {

  @Schema(name = "CopyResult")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record CopyView(
      @Schema(description = "Where the copy lies") String repository,
      @Schema(description = "The copied one last, those that it builds on before it")
          List<String> backups,
      long objectsSent,
      long bytesSent,
      @Schema(description = "Whether every object was read at the destination and compared")
          Boolean readBack) {}

  @Schema(name = "ScanResult")
  public record ScanView(
      String repository,
      Instant listedAt,
      long objects,
      long bytes,
      int backups,
      int archives,
      int oddities) {}

  @Schema(name = "Expired", description = "What an expiration removed, or in a dry run would")
  public record ExpiredView(
      @Schema(description = "Ids of the backups that are gone") List<String> backups,
      List<KeptView> kept,
      List<WalRangeView> wal,
      @Schema(description = "Objects that were removed") long objects,
      @Schema(description = "Their stored bytes") long bytes,
      @Schema(description = "Systems that the cluster was before of which all WAL is gone")
          List<String> former) {}

  @Schema(name = "HeldByStore", description = "What the store keeps now, and what it has let go")
  public record HeldView(
      @Schema(description = "Ids of backups") List<String> held,
      @Schema(description = "Ids of backups") List<String> released,
      long objects) {}

  @Schema(name = "KeptBackup", description = "To go, and kept: the repository says it is needed")
  public record KeptView(String backupId, String because) {}

  @Schema(name = "WalRange", description = "Whole segments of one timeline")
  public record WalRangeView(
      String systemIdentifier,
      int timeline,
      @Schema(examples = "0/3000000") String from,
      @Schema(description = "Exclusive", examples = "0/5000000") String to) {}

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
      Boolean objectLock,
      Boolean deletes) {}

  @Schema(name = "CreatedRestorePoint")
  public record CreatedPointView(
      String name,
      int timeline,
      @Schema(description = "The end of its record", examples = "0/3000148") String lsn,
      Instant at) {}

  /** Collects the fields that apply; the others stay absent. */
  private static final class Draft {
    private String backupId;
    private Manifest manifest;
    private String suspectReason;
    private String node;
    private String level;
    private Long bytesRead;
    private Boolean dryRun;
    private List<String> steps;
    private Map<String, String> details;
    private List<FindingView> findings;
    private CapabilitiesView capabilities;
    private CreatedPointView restorePoint;
    private Double recoverySeconds;
    private Double lossSeconds;
    private CopyView copy;
    private ScanView scan;
    private ExpiredView expired;
    private HeldView held;

    JobResultView view() {
      boolean backup = manifest != null;
      return new JobResultView(
          backupId,
          backup ? suspectReason == null ? "AVAILABLE" : "SUSPECT" : null,
          suspectReason,
          backup && manifest.parent() != null ? manifest.parent().value() : null,
          node,
          backup ? manifest.plainBytes() : null,
          backup ? manifest.storedBytes() : null,
          backup ? manifest.durationSeconds() : null,
          level,
          bytesRead,
          dryRun,
          steps,
          details,
          findings,
          capabilities,
          restorePoint,
          recoverySeconds,
          lossSeconds,
          copy,
          scan,
          expired,
          held);
    }
  }

  public static JobResultView of(JobResult result) {
    Draft draft = new Draft();
    switch (result) {
      case JobResult.BackedUp b -> {
        draft.manifest = b.manifest();
        draft.backupId = b.manifest().backupId().value();
        draft.suspectReason = b.suspectBecause();
        draft.node = b.manifest().source() == null ? null : b.manifest().source().node();
      }
      case JobResult.Restored r -> {
        draft.backupId = r.backupId().value();
        draft.dryRun = r.dryRun();
        draft.steps = r.steps();
        draft.details = r.details();
      }
      case JobResult.Verified v -> {
        draft.backupId = v.backupId().value();
        draft.level = v.level().name();
        draft.bytesRead = v.bytesRead();
        draft.findings = findings(v.findings());
      }
      case JobResult.Checked c -> draft.findings = findings(c.findings());
      case JobResult.Probed p -> {
        draft.findings = findings(p.findings());
        draft.capabilities = capabilities(p.capabilities());
      }
      case JobResult.RestorePointCreated r -> {
        draft.node = r.node();
        draft.restorePoint =
            new CreatedPointView(r.name(), r.timeline(), r.lsn().toString(), r.at());
      }
      case JobResult.Drilled d -> {
        draft.backupId = d.backupId().value();
        draft.details = d.details();
        draft.findings = findings(d.findings());
        draft.recoverySeconds = seconds(d.recovery());
        draft.lossSeconds = seconds(d.loss());
      }
      case JobResult.Copied c -> {
        draft.backupId = c.backupId().value();
        draft.copy =
            new CopyView(
                c.repository(),
                c.backups().stream().map(backup -> backup.backupId().value()).toList(),
                c.objectsSent(),
                c.bytesSent(),
                c.readBack());
      }
      case JobResult.WalCopied c -> {
        draft.copy = new CopyView(c.repository(), null, c.objectsSent(), c.bytesSent(), null);
        draft.findings = findings(c.findings());
      }
      case JobResult.KeysRotated k -> draft.findings = findings(k.findings());
      case JobResult.WalReencrypted w -> draft.findings = findings(w.findings());
      case JobResult.Scanned s ->
          draft.scan =
              new ScanView(
                  s.repository(),
                  s.listedAt(),
                  s.objects(),
                  s.bytes(),
                  s.backups(),
                  s.archives(),
                  s.oddities());
      case JobResult.Expired e -> {
        draft.dryRun = e.dryRun();
        draft.findings = findings(e.findings());
        draft.expired = expired(e);
      }
      case JobResult.Held h ->
          draft.held =
              new HeldView(
                  h.held().stream().map(BackupId::value).toList(),
                  h.released().stream().map(BackupId::value).toList(),
                  h.objects());
    }
    return draft.view();
  }

  public static List<FindingView> findings(List<JobResult.Finding> findings) {
    return findings == null
        ? List.of()
        : findings.stream()
            .map(f -> new FindingView(f.check(), f.outcome(), f.sentence(), f.hint()))
            .toList();
  }

  private static ExpiredView expired(JobResult.Expired e) {
    return new ExpiredView(
        e.backups().stream().map(BackupId::value).toList(),
        e.kept().stream().map(k -> new KeptView(k.backupId().value(), k.because())).toList(),
        e.wal().stream()
            .map(
                w ->
                    new WalRangeView(
                        w.systemIdentifier(), w.timeline(), w.from().toString(), w.to().toString()))
            .toList(),
        e.objects(),
        e.bytes(),
        e.former());
  }

  private static Double seconds(Duration duration) {
    return duration == null ? null : duration.toMillis() / 1000.0;
  }

  private static CapabilitiesView capabilities(Capabilities c) {
    return c == null
        ? null
        : new CapabilitiesView(
            c.writable(),
            c.conditionalPut(),
            c.multipartAbort(),
            c.listAfterWrite(),
            c.objectLock(),
            c.deletes());
  }
}
