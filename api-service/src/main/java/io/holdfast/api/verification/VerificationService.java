package io.holdfast.api.verification;

import io.holdfast.api.access.Caller;
import io.holdfast.api.backup.BackupCatalog;
import io.holdfast.api.backup.BackupCopies;
import io.holdfast.api.backup.BackupQueries;
import io.holdfast.api.backup.Violations;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.idempotency.Idempotency;
import io.holdfast.api.job.Accepted;
import io.holdfast.api.job.JobFailed;
import io.holdfast.api.job.JobResultView;
import io.holdfast.api.job.JobService;
import io.holdfast.api.job.JobSucceeded;
import io.holdfast.api.job.ProblemView;
import io.holdfast.api.job.SubmitOptions;
import io.holdfast.api.repository.RepositoryService;
import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.JobId;
import io.holdfast.model.Problem;
import io.holdfast.model.job.JobKind;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.job.VerificationLevel;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Takes requests for verification and keeps their results. */
@ApplicationScoped
public class VerificationService {
  /** Failures that say something about the backup, and not about the attempt to look at it. */
  private static final Set<String> DAMNING =
      Set.of(
          ErrorCode.ARTIFACT_DAMAGED.name(),
          ErrorCode.VERIFICATION_FAILED.name(),
          ErrorCode.BACKUP_NOT_FOUND.name(),
          ErrorCode.MANIFEST_UNREADABLE.name(),
          ErrorCode.NOT_AUTHENTIC.name());

  @Inject BackupQueries backups;
  @Inject BackupCatalog catalog;
  @Inject BackupCopies copies;
  @Inject ClusterService clusters;
  @Inject RepositoryService repositories;
  @Inject Idempotency idempotency;
  @Inject JobService jobs;
  @Inject Caller caller;

  @Transactional
  public Accepted request(String backupId, VerificationRequest request, String idempotencyKey) {
    BackupQueries.Known backup = backups.known(backupId);
    Sound sound = check(request);
    return idempotency.once(
        idempotencyKey,
        "POST /backups/" + backup.id() + "/verifications",
        request,
        () -> {
          BackupQueries.Recorded recorded = backups.recorded(backup.id());
          return jobs.submit(
              JobKind.VERIFY,
              backup.cluster(),
              clusters.pool(backup.cluster()),
              new JobSpec.Verify(
                      backup.id(),
                      backup.cluster(),
                      repositories.spec(copies.place(backup, request.repository())),
                      sound.level())
                  .known(recorded.encrypted(), recorded.sha256()),
              new SubmitOptions(caller.keyId(), request.labels(), sound.deadline()));
        });
  }

  /** What a sound request says. */
  public record Sound(VerificationLevel level, Duration deadline) {}

  /**
   * Reads a request, whichever backup it is about.
   *
   * @throws io.holdfast.api.problem.ApiProblem 422
   */
  public Sound check(VerificationRequest request) {
    Violations wrong = new Violations();
    wrong.require(request.level() != null, "level", "is required");
    VerificationLevel level = wrong.constant(VerificationLevel.class, "level", request.level());
    wrong.name("repository", request.repository());
    wrong.labels(request.labels());
    Duration deadline = wrong.duration("deadline", request.deadline());
    wrong.throwIfAny();
    return new Sound(level, deadline);
  }

  @Transactional
  public VerificationView.Listing list(String backupId) {
    BackupQueries.Known backup = backups.known(backupId);
    return new VerificationView.Listing(
        VerificationEntity.latest(UUID.fromString(backup.id().value())).stream()
            .map(VerificationService::view)
            .toList());
  }

  void succeeded(@Observes JobSucceeded done) {
    if (done.result() instanceof JobResult.Verified verified) {
      String repository = done.spec().repository().name();
      keep(
          done.jobId(),
          verified.backupId(),
          repository,
          verified.level(),
          done.at(),
          verified.bytesRead(),
          verified.findings(),
          null);
      if (!copies.verified(verified.backupId(), repository, done.at())) {
        catalog.verified(verified.backupId(), verified.level(), done.at());
      }
    }
  }

  void failed(@Observes JobFailed done) {
    if (done.spec() instanceof JobSpec.Verify verify && DAMNING.contains(done.problem().code())) {
      String repository = verify.repository().name();
      keep(
          done.jobId(),
          verify.backupId(),
          repository,
          verify.level(),
          done.at(),
          null,
          List.of(),
          done.problem());
      if (!copies.damaged(verify.backupId(), repository, done.problem(), done.at())) {
        catalog.suspect(
            verify.backupId(),
            "verification " + verify.level() + " found: " + done.problem().detail());
      }
    }
  }

  private static void keep(
      JobId jobId,
      BackupId backupId,
      String repository,
      VerificationLevel level,
      Instant at,
      Long bytesRead,
      List<JobResult.Finding> findings,
      Problem problem) {
    VerificationEntity row = new VerificationEntity();
    row.jobId = UUID.fromString(jobId.value());
    row.backupId = UUID.fromString(backupId.value());
    row.repository = repository;
    row.level = level.name();
    row.outcome = problem == null ? "PASSED" : "FAILED";
    row.at = at;
    row.bytesRead = bytesRead;
    row.findings = Wire.text(findings == null ? List.of() : findings);
    row.problem = problem == null ? null : Wire.text(problem);
    row.persist();
  }

  private static VerificationView view(VerificationEntity row) {
    return new VerificationView(
        row.jobId.toString(),
        row.backupId.toString(),
        row.repository,
        row.level,
        row.outcome,
        row.at,
        row.bytesRead,
        JobResultView.findings(Arrays.asList(Wire.read(row.findings, JobResult.Finding[].class))),
        row.problem == null ? null : ProblemView.of(Wire.read(row.problem, Problem.class)));
  }
}
