package io.holdfast.worker.backup;

import io.holdfast.model.CompressionSpec;
import io.holdfast.model.RunId;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.encryption.Seal;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.manifest.ManifestStore;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.transfer.Transfer;
import io.holdfast.worker.transfer.TransferSummary;

/** One execution of one attempt: what is wanted, where it goes, who it reports to. */
record Run(
    RunId id,
    JobSpec.Backup spec,
    BackupLayout layout,
    Repository repository,
    ManifestStore manifests,
    Seal seal,
    Transfer transfer,
    Attempt attempt) {

  CompressionSpec compression() {
    return spec.compression();
  }

  Artifact artifact(Artifact.Kind kind, String database, Long tablespace, TransferSummary stored) {
    return new Artifact(
        kind,
        layout.object(stored.key()),
        database,
        tablespace,
        stored.codec(),
        stored.plain(),
        stored.stored());
  }
}
