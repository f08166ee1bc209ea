package io.holdfast.worker.stored;

import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.encryption.Seal;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.transfer.Transfer;
import java.io.InputStream;
import java.util.List;

/** A backup as it lies in the repository, read under one job. */
public record StoredBackup(
    BackupLayout layout, Manifest manifest, Seal seal, Transfer transfer, Attempt attempt) {

  /** As {@link Transfer#checksum}. */
  public void checksum(Artifact artifact) {
    transfer.checksum(layout.key(artifact.object()), artifact);
  }

  /** As {@link Transfer#open}. */
  public InputStream open(Artifact artifact) {
    return transfer.open(layout.key(artifact.object()), artifact, seal);
  }

  public List<Artifact> artifacts(Artifact.Kind kind) {
    return manifest.artifacts().stream().filter(a -> a.kind() == kind).toList();
  }

  public int major() {
    return manifest.source().serverVersionNum() / 10_000;
  }
}
