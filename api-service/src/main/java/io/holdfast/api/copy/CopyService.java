package io.holdfast.api.copy;

import io.holdfast.api.access.Caller;
import io.holdfast.api.backup.BackupCopyEntity;
import io.holdfast.api.backup.BackupCopyView;
import io.holdfast.api.backup.BackupQueries;
import io.holdfast.api.backup.Violations;
import io.holdfast.api.cluster.ClusterCopy;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.idempotency.Idempotency;
import io.holdfast.api.job.Accepted;
import io.holdfast.api.job.JobService;
import io.holdfast.api.job.JobView;
import io.holdfast.api.job.SubmitOptions;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.api.repository.RepositoryService;
import io.holdfast.model.job.JobKind;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.repository.S3RepositorySpec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;

/** Takes requests for copies. */
@ApplicationScoped
public class CopyService {
  @Inject BackupQueries backups;
  @Inject ClusterService clusters;
  @Inject RepositoryService repositories;
  @Inject Idempotency idempotency;
  @Inject JobService jobs;
  @Inject Caller caller;
  @Inject Clock clock;

  @Transactional
  public Accepted request(String backupId, CopyRequest request, String idempotencyKey) {
    BackupQueries.Known backup = backups.known(backupId);
    Violations wrong = new Violations();
    wrong.require(
        !backup.repository().equals(request.repository()),
        "repository",
        "is the one that the backup lies in already");
    Duration deadline = sound(request, wrong);
    return idempotency.once(
        idempotencyKey,
        "POST /backups/" + backup.id() + "/copies",
        request,
        () ->
            submit(
                backup,
                request.repository(),
                request.storageClass() == null
                    ? declaredClass(backup.cluster(), request.repository())
                    : request.storageClass(),
                new SubmitOptions(caller.keyId(), request.labels(), deadline)));
  }

  /**
   * Finds out what is wrong with a request, whichever backup it is about.
   *
   * @throws ApiProblem 422
   */
  @Transactional
  public void check(CopyRequest request) {
    Duration unusedDeadline = sound(request, new Violations());
    String repository = request.repository();
    RepositorySpec unused =
        destination(() -> repositories.spec(repository), repository, request.storageClass());
  }

  private static Duration sound(CopyRequest request, Violations wrong) {
    wrong.require(request.repository() != null, "repository", "is required");
    wrong.name("repository", request.repository());
    wrong.require(
        request.storageClass() == null || request.storageClass().matches("[A-Z][A-Z0-9_]{0,31}"),
        "storageClass",
        "must be a storage class of S3");
    wrong.labels(request.labels());
    Duration deadline = wrong.duration("deadline", request.deadline());
    wrong.throwIfAny();
    return deadline;
  }

  @Transactional
  public BackupCopyView.Listing list(String backupId) {
    BackupQueries.Known backup = backups.known(backupId);
    return new BackupCopyView.Listing(BackupCopyView.of(UUID.fromString(backup.id().value())));
  }

  private String declaredClass(String cluster, String repository) {
    return clusters.declaration(cluster).stream()
        .flatMap(declared -> declared.copies().stream())
        .filter(copy -> copy.repository().equals(repository) && copy.storageClass() != null)
        .map(ClusterCopy::storageClass)
        .findFirst()
        .orElse(null);
  }

  /** Submits the job and notes that it is under way. Looks at no scope. */
  @Transactional
  JobView submit(
      BackupQueries.Known backup, String repository, String storageClass, SubmitOptions options) {
    BackupQueries.Recorded recorded = backups.recorded(backup.id());
    JobView job =
        jobs.submit(
            JobKind.COPY,
            backup.cluster(),
            clusters.pool(backup.cluster()),
            new JobSpec.Copy(
                    backup.id(),
                    backup.cluster(),
                    repositories.spec(backup.repository()),
                    destination(
                        () -> clusters.place(backup.cluster(), repository),
                        repository,
                        storageClass))
                .known(recorded.encrypted(), recorded.sha256()),
            options);
    BackupCopyEntity row =
        BackupCopyEntity.at(UUID.fromString(backup.id().value()), repository, clock.instant());
    if (!row.state.equals(BackupCopyEntity.VERIFIED)) {
      row.arrives(BackupCopyEntity.COPYING);
    }
    row.jobId = UUID.fromString(job.id());
    row.askedAt = clock.instant();
    return job;
  }

  /** A repository to write to, in a storage class or in its own. */
  private static RepositorySpec destination(
      Supplier<RepositorySpec> place, String repository, String storageClass) {
    RepositorySpec spec;
    try {
      spec = place.get();
    } catch (ApiProblem missing) {
      throw ApiProblem.invalid(
          "repository",
          "there is no repository '" + repository + "'",
          "Declare the repository first.");
    }
    return switch (spec) {
      case S3RepositorySpec s3 -> storageClass == null ? s3 : s3.inClass(storageClass);
      case FilesystemRepositorySpec directory -> {
        if (storageClass != null) {
          throw ApiProblem.invalid(
              "storageClass", "needs a repository of type S3", "Leave it out.");
        }
        yield directory;
      }
    };
  }
}
