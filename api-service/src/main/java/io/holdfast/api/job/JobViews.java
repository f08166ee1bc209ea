package io.holdfast.api.job;

import io.holdfast.model.BackupId;
import io.holdfast.model.Problem;
import io.holdfast.model.cluster.Selection;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.wire.Wire;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Rows as views. */
final class JobViews {
  private static final String BASE = "/api/v1/jobs/";

  private JobViews() {}

  static JobView of(JobEntity job, String queuedReason, List<JobAttemptEntity> attempts) {
    return of(job, Wire.read(job.spec, JobSpec.class), queuedReason, attempts);
  }

  /**
   * @param spec of the job, for who has it at hand
   */
  static JobView of(
      JobEntity job, JobSpec spec, String queuedReason, List<JobAttemptEntity> attempts) {
    return new JobView(
        job.id.toString(),
        job.kind.name(),
        job.state.name(),
        job.state.done(),
        job.state.done() ? job.state.name() : null,
        problem(job.problem),
        job.cluster,
        job.triggeredBy,
        labels(job.labels),
        job.createdAt,
        job.startedAt,
        job.finishedAt,
        job.deadlineAt,
        progress(job),
        job.attempt,
        job.maxAttempts,
        job.worker,
        job.trace() == null ? null : job.trace().traceId(),
        queuedReason,
        job.cancelRequestedAt != null,
        job.selection == null
            ? null
            : NodeDecisionView.of(Wire.read(job.selection, Selection.class)),
        attempts == null ? null : attempts.stream().map(JobViews::attempt).toList(),
        job.result == null ? null : JobResultView.of(Wire.read(job.result, JobResult.class)),
        links(job, spec));
  }

  private static JobView.AttemptView attempt(JobAttemptEntity row) {
    return new JobView.AttemptView(
        row.key.attempt(),
        row.dispatchedAt,
        row.acceptedAt,
        row.startedAt,
        row.endedAt,
        row.worker,
        row.node,
        row.outcome,
        problem(row.problem));
  }

  private static JobView.ProgressView progress(JobEntity job) {
    if (job.phase == null) {
      return null;
    }
    boolean known = job.bytesTotal != null && job.bytesTotal > 0 && job.bytesDone != null;
    Double percent =
        known ? Math.min(100.0, Math.round(1000.0 * job.bytesDone / job.bytesTotal) / 10.0) : null;
    boolean moving =
        known && job.ratePerSecond != null && job.ratePerSecond > 0 && !job.state.done();
    Long eta = moving ? Math.max(0, (job.bytesTotal - job.bytesDone) / job.ratePerSecond) : null;
    return new JobView.ProgressView(
        job.phase, percent, job.bytesDone, job.bytesTotal, job.ratePerSecond, eta);
  }

  private static ProblemView problem(String json) {
    return json == null ? null : ProblemView.of(Wire.read(json, Problem.class));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, String> labels(String json) {
    return new TreeMap<>((Map<String, String>) Wire.read(json, Map.class));
  }

  private static Map<String, String> links(JobEntity job, JobSpec spec) {
    String self = BASE + job.id;
    Map<String, String> links = new LinkedHashMap<>();
    links.put("self", self);
    links.put("events", self + "/events");
    links.put("outcome", self + "/outcome");
    links.put("cancellations", self + "/cancellations");
    BackupId backup = backup(spec);
    if (backup != null) {
      links.put("backup", "/api/v1/backups/" + backup);
    }
    return links;
  }

  private static BackupId backup(JobSpec spec) {
    return switch (spec) {
      case JobSpec.Backup backup -> backup.backupId();
      case JobSpec.Restore restore -> restore.backupId();
      case JobSpec.Verify verify -> verify.backupId();
      case JobSpec.Check check -> null;
      case JobSpec.Probe probe -> null;
      case JobSpec.RestorePoint point -> null;
      case JobSpec.Drill drill -> drill.backupId();
      case JobSpec.Copy copy -> copy.backupId();
      case JobSpec.CopyWal copy -> null;
      case JobSpec.RotateKeys rotate -> null;
      case JobSpec.Scan scan -> null;
      case JobSpec.Expire expire -> null;
      case JobSpec.LegalHold hold ->
          hold.notes().isEmpty() ? null : hold.notes().getFirst().backupId();
      case JobSpec.Reencrypt reencrypt -> reencrypt.backupId();
      case JobSpec.ReencryptWal reencrypt -> null;
    };
  }
}
