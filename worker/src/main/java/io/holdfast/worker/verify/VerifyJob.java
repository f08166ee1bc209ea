package io.holdfast.worker.verify;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.job.JobResult.Verified;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.job.VerificationLevel;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.chain.BackupChain;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.manifest.ManifestStore;
import io.holdfast.worker.rate.RateLimit;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.stored.StoredBackup;
import io.holdfast.worker.transfer.Transfer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Proves a backup. Each level includes the ones before it. A damaged artifact does not end the
 * search: all of them are named before the job fails.
 */
public final class VerifyJob {
  private final VerifyRooms rooms;

  public VerifyJob(VerifyRooms rooms) {
    this.rooms = rooms;
  }

  public Verified run(JobSpec.Verify spec, Attempt attempt) {
    try (Repository repository = rooms.repositories().open(spec.repository())) {
      BackupLayout layout = new BackupLayout(spec.sourceCluster(), spec.backupId());
      Transfer transfer = new Transfer(repository, attempt, RateLimit.none());
      ManifestStore manifests = new ManifestStore(repository, rooms.seals(), rooms.clock());
      boolean storedBytesOnly = spec.level() == VerificationLevel.CHECKSUM;
      BackupChain chain =
          BackupChain.read(
              repository,
              storedBytesOnly ? manifests.withoutKeys() : manifests,
              layout,
              transfer,
              attempt);
      chain.requireKnown(spec.encrypted(), spec.manifestSha256());
      if (!storedBytesOnly) {
        chain.requireReadable();
      }
      StoredBackup backup = chain.asked();
      List<Finding> findings = new ArrayList<>();
      if (backup.manifest().encryption() != null) {
        findings.add(authenticity(backup));
      }
      if (chain.isIncremental()) {
        findings.add(present(chain));
      }
      findings.add(checksums(backup));
      if (spec.level() != VerificationLevel.CHECKSUM) {
        findings.add(structures(backup));
      }
      if (spec.level() == VerificationLevel.RESTORE) {
        findings.addAll(new RestoreProof(rooms).prove(chain));
      }
      return new Verified(spec.backupId(), spec.level(), transfer.bytesRead(), findings);
    }
  }

  private static Finding authenticity(StoredBackup backup) {
    return backup.seal().authenticates()
        ? new Finding(
            "authenticity", "OK", "a worker with the backup's key wrote the manifest", null)
        : new Finding(
            "authenticity",
            "WARNING",
            "this worker has no key to tell a forged manifest by",
            "Verify on a worker that has the key, or with level STRUCTURE there.");
  }

  /** What the members below hold is proven by their own verification, or by a restore of this. */
  private static Finding present(BackupChain chain) {
    return new Finding(
        "chain",
        "OK",
        "all "
            + chain.members().size()
            + " members of the chain are there and the very ones that were built on: "
            + chain.describe(),
        null);
  }

  private static Finding checksums(StoredBackup backup) {
    backup.attempt().phase("READING", backup.manifest().storedBytes());
    everyArtifact(backup, backup::checksum);
    return new Finding(
        "checksum",
        "OK",
        "every byte of "
            + backup.manifest().artifacts().size()
            + " artifacts was read again, "
            + backup.manifest().storedBytes()
            + " bytes, and all digests match the manifest",
        null);
  }

  private Finding structures(StoredBackup backup) {
    backup.attempt().phase("PARSING", backup.manifest().plainBytes());
    StructureCheck check = new StructureCheck(rooms);
    everyArtifact(backup, artifact -> check.check(backup, artifact));
    return check.finding(backup);
  }

  private static void everyArtifact(StoredBackup backup, Consumer<Artifact> check) {
    List<String> damaged = new ArrayList<>();
    JobFailure first = null;
    for (Artifact artifact : backup.manifest().artifacts()) {
      try {
        check.accept(artifact);
      } catch (JobFailure failure) {
        if (failure.code() != ErrorCode.ARTIFACT_DAMAGED) {
          throw failure;
        }
        damaged.add(artifact.object() + " (" + failure.getMessage() + ")");
        first = first == null ? failure : first;
      }
    }
    if (first != null) {
      throw new JobFailure(
          ErrorCode.ARTIFACT_DAMAGED,
          damaged.size()
              + " of "
              + backup.manifest().artifacts().size()
              + " artifacts are damaged: "
              + String.join("; ", damaged),
          "do not rely on this backup; take a new one and look at the repository's storage",
          first);
    }
  }
}
