package io.holdfast.worker.reencryption;

import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.job.JobResult.WalReencrypted;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.RepositoryFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts a cluster's archived WAL under other keys, in its place: a file is read and proven,
 * encrypted anew, and the new object takes the name of the old one in one step, so that at every
 * moment a reader finds the file, whole, under one key or the other. Then the copies are given the
 * same objects.
 *
 * <p>What an earlier attempt has done is recognised and not done again. A file that is damaged
 * keeps none of the others from being done.
 */
public final class ReencryptWalJob {
  private final RepositoryFactory repositories;
  private final Seals seals;

  public ReencryptWalJob(RepositoryFactory repositories, Seals seals) {
    this.repositories = repositories;
    this.seals = seals;
  }

  /**
   * @throws JobFailure KEY_UNAVAILABLE or KEY_REFUSED when this worker cannot read what is there,
   *     or could not read what it writes; WAL_DAMAGED, NOT_AUTHENTIC or COPY_DIFFERS, after all
   *     others were done, when a file is not what its label says, nobody with the key wrote it, or
   *     a copy holds another file
   */
  public WalReencrypted run(JobSpec.ReencryptWal spec, Attempt attempt) {
    List<Finding> findings = new ArrayList<>();
    try (Repository repository = repositories.open(spec.repository())) {
      WalRewrite rewrite = new WalRewrite(repository, seals, spec.encryption(), attempt);
      rewrite.takeAll(spec.cluster());
      findings.addAll(rewrite.findings());
      long files = rewrite.rewritten();
      long bytes = rewrite.bytes();
      long there = rewrite.there();
      JobFailure first = rewrite.firstFailure();
      for (RepositorySpec place : spec.copies()) {
        try (Repository copy = repositories.open(place)) {
          WalCopyRewrite copies = new WalCopyRewrite(repository, copy, seals, attempt);
          copies.takeAll(spec.cluster());
          findings.add(copies.finding(place.name()));
          files += copies.rewritten();
          bytes += copies.bytes();
          there += copies.there();
          first = first == null ? copies.firstFailure() : first;
        }
      }
      if (first != null) {
        throw new JobFailure(
            first.code(),
            files + " files are under new keys now, and at least one is not: " + first.getMessage(),
            first.hint(),
            first);
      }
      return new WalReencrypted(spec.cluster(), files, there, bytes, findings);
    }
  }
}
