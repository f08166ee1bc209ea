package io.holdfast.worker.probe;

import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.job.JobResult.Probed;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.repository.Capabilities;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.RepositoryFactory;
import java.util.ArrayList;
import java.util.List;

/** Tries what Holdfast needs of a repository, and leaves nothing behind. */
public final class ProbeJob {
  private final RepositoryFactory repositories;

  public ProbeJob(RepositoryFactory repositories) {
    this.repositories = repositories;
  }

  public Probed run(JobSpec.Probe spec, Attempt attempt) {
    attempt.phase("PROBING " + spec.repository().name(), null);
    try (Repository repository = repositories.open(spec.repository())) {
      Capabilities found = repository.probe();
      return new Probed(found, findings(spec.repository(), found));
    }
  }

  /** Also for a check of a whole cluster. */
  public static List<Finding> findings(RepositorySpec wanted, Capabilities found) {
    List<Finding> findings = new ArrayList<>(always(found));
    if (Boolean.FALSE.equals(found.deletes())) {
      findings.add(
          new Finding(
              "repository-delete",
              "OK",
              "these keys cannot remove objects: what expires needs keys that can",
              null));
    }
    if (wanted instanceof S3RepositorySpec s3 && s3.objectLock() != null) {
      findings.add(lock(found.objectLock()));
    }
    return findings;
  }

  private static Finding lock(Boolean found) {
    return found == null
        ? new Finding(
            "repository-object-lock",
            "WARNING",
            "these keys may not ask whether the bucket locks objects, as the declaration wants it",
            "allow s3:GetBucketObjectLockConfiguration")
        : finding(
            "repository-object-lock",
            found,
            "the bucket locks objects",
            "the bucket cannot lock objects, and the declaration wants it",
            "create a bucket with object lock, or declare the repository without objectLock");
  }

  private static List<Finding> always(Capabilities found) {
    return List.of(
        finding(
            "repository-writable",
            found.writable(),
            "objects can be written and read",
            "objects cannot be written and read",
            "look at the permissions of the worker's keys or of the directory"),
        finding(
            "repository-conditional-put",
            found.conditionalPut(),
            "of two writers of one key exactly one wins",
            "two writers of one key overwrite each other, so a second manifest is not prevented by"
                + " the store",
            "use a store that honours If-None-Match, or only one worker"),
        finding(
            "repository-multipart-abort",
            found.multipartAbort(),
            "an upload that is given up leaves nothing",
            "an upload that is given up leaves parts behind",
            "set a life-cycle rule that removes unfinished uploads"),
        finding(
            "repository-list-after-write",
            found.listAfterWrite(),
            "what was written is listed at once",
            "what was written is not listed at once",
            "use a store with consistent listings"));
  }

  private static Finding finding(
      String check, boolean good, String sentence, String otherwise, String hint) {
    return good
        ? new Finding(check, "OK", sentence, null)
        : new Finding(check, "FAILED", otherwise, hint);
  }
}
