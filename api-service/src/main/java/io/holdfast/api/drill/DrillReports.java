package io.holdfast.api.drill;

import io.holdfast.api.backup.BackupQueries;
import io.holdfast.api.backup.PhysicalBackup;
import io.holdfast.api.drill.DrillReportView.AskedView;
import io.holdfast.api.drill.DrillReportView.BaseView;
import io.holdfast.api.job.JobEventView;
import io.holdfast.api.job.JobResultView;
import io.holdfast.api.job.JobService;
import io.holdfast.api.job.JobView;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.drill.DrillSpec;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reports of drills. A drill that failed has its findings in its history only, as notes of code
 * {@code DRILL_FINDING} with a finding each and one {@code DRILL_FACTS} with the facts, in JSON;
 * one that passed has them in its result as well.
 */
@ApplicationScoped
public class DrillReports {
  static final String FINDING = "DRILL_FINDING";
  static final String FACTS = "DRILL_FACTS";

  @Inject JobService jobs;
  @Inject BackupQueries backups;

  /** What was noted in one attempt. */
  private record Noted(List<JobResult.Finding> findings, Map<String, String> facts) {}

  /**
   * @throws ApiProblem 404 when there is no such job, or it is no drill
   */
  @Transactional
  public DrillReportView of(String jobId) {
    JobView job = jobs.view(jobId);
    if (!(jobs.spec(jobId) instanceof JobSpec.Drill spec)) {
      throw ApiProblem.notFound("drill", jobId);
    }
    Noted noted = noted(jobId, job.attempt());
    JobResultView result = job.result();
    Map<String, String> facts =
        noted.facts().isEmpty() && result != null && result.details() != null
            ? new TreeMap<>(result.details())
            : noted.facts();
    return new DrillReportView(
        jobId,
        job.cluster(),
        verdict(job),
        job.problem(),
        job.trigger(),
        job.createdAt(),
        job.startedAt(),
        job.finishedAt(),
        job.worker(),
        asked(spec.drill()),
        base(spec),
        facts,
        result == null ? number(facts, "recoverySeconds") : result.recoverySeconds(),
        result == null ? number(facts, "lossSeconds") : result.lossSeconds(),
        result == null ? JobResultView.findings(noted.findings()) : result.findings());
  }

  private static String verdict(JobView job) {
    if (!job.done()) {
      return "RUNNING";
    }
    return "SUCCEEDED".equals(job.outcome()) ? "PASSED" : job.outcome();
  }

  private Noted noted(String jobId, int attempt) {
    List<JobResult.Finding> findings = new ArrayList<>();
    Map<String, String> facts = new TreeMap<>();
    JobEventView.Page page = jobs.events(jobId, 0);
    while (!page.items().isEmpty()) {
      for (JobEventView event : page.items()) {
        boolean counts = event.attempt() == attempt && !event.stale() && event.message() != null;
        if (counts && FINDING.equals(event.code())) {
          findings.add(finding(event.message()));
        } else if (counts && FACTS.equals(event.code())) {
          facts.putAll(facts(event.message()));
        }
      }
      page = jobs.events(jobId, page.lastSequence());
    }
    return new Noted(findings, facts);
  }

  /** What is no finding is shown as it is: evidence is not dropped. */
  private static JobResult.Finding finding(String json) {
    try {
      return Wire.read(json, JobResult.Finding.class);
    } catch (UncheckedIOException notOne) {
      return new JobResult.Finding("unreadable", "WARNING", json, null);
    }
  }

  private static Map<String, String> facts(String json) {
    Map<String, String> facts = new TreeMap<>();
    try {
      Wire.read(json, Map.class)
          .forEach((key, value) -> facts.put(String.valueOf(key), String.valueOf(value)));
    } catch (UncheckedIOException notAnObject) {
      facts.put("unreadable", json);
    }
    return facts;
  }

  private static Double number(Map<String, String> facts, String key) {
    try {
      return facts.containsKey(key) ? Double.valueOf(facts.get(key)) : null;
    } catch (NumberFormatException notOne) {
      return null;
    }
  }

  private BaseView base(JobSpec.Drill spec) {
    return backups.physical(spec.sourceCluster(), spec.repository().name()).stream()
        .filter(backup -> backup.id().equals(spec.backupId()))
        .findFirst()
        .map(DrillReports::base)
        .orElseGet(() -> new BaseView(spec.backupId().value(), null, null, null, null));
  }

  private static BaseView base(PhysicalBackup backup) {
    return new BaseView(
        backup.id().value(),
        backup.finishedAt(),
        backup.timeline(),
        backup.startLsn().toString(),
        backup.stopLsn().toString());
  }

  private static AskedView asked(DrillSpec drill) {
    RecoveryTarget target = drill.target();
    return new AskedView(
        type(target),
        value(target),
        inclusive(target),
        drill.timeline(),
        drill.amcheck(),
        drill.assertions().stream()
            .map(
                assertion ->
                    new DrillRequest.AssertionRequest(
                        assertion.name(),
                        assertion.database(),
                        assertion.sql(),
                        assertion.expected()))
            .toList(),
        drill.recoveryTimeObjective(),
        drill.recoveryPointObjective());
  }

  private static String type(RecoveryTarget target) {
    return switch (target) {
      case RecoveryTarget.EndOfBackup end -> "END_OF_BACKUP";
      case RecoveryTarget.Immediate immediate -> "IMMEDIATE";
      case RecoveryTarget.Latest latest -> "LATEST";
      case RecoveryTarget.Time time -> "TIME";
      case RecoveryTarget.Position position -> "LSN";
      case RecoveryTarget.Transaction transaction -> "XID";
      case RecoveryTarget.RestorePoint point -> "NAME";
      case RecoveryTarget.Standby standby -> "STANDBY";
    };
  }

  private static String value(RecoveryTarget target) {
    return switch (target) {
      case RecoveryTarget.Time time -> time.time().toString();
      case RecoveryTarget.Position position -> position.lsn().toString();
      case RecoveryTarget.Transaction transaction -> transaction.xid();
      case RecoveryTarget.RestorePoint point -> point.name();
      case RecoveryTarget.EndOfBackup end -> null;
      case RecoveryTarget.Immediate immediate -> null;
      case RecoveryTarget.Latest latest -> null;
      case RecoveryTarget.Standby standby -> null;
    };
  }

  private static Boolean inclusive(RecoveryTarget target) {
    return switch (target) {
      case RecoveryTarget.Time time -> time.inclusive();
      case RecoveryTarget.Position position -> position.inclusive();
      case RecoveryTarget.Transaction transaction -> transaction.inclusive();
      case RecoveryTarget.RestorePoint point -> null;
      case RecoveryTarget.EndOfBackup end -> null;
      case RecoveryTarget.Immediate immediate -> null;
      case RecoveryTarget.Latest latest -> null;
      case RecoveryTarget.Standby standby -> null;
    };
  }
}
